/**
 * Writing so that a power cut leaves the old file or the new one, never half of either: write beside, sync, rename,
 * sync the directory. Nothing here overwrites in place and nothing is deleted but our own unfinished `.part` files. All of it is done
 * in the descriptor of the directory (pinned.ts), since that may be another account's.
 */
import { constants } from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { AuroraError } from '../../aurora/errors.ts';
import { aboutPath, isFull } from '../../aurora/system-errors.ts';
import { atName, type FileIdentity, giveFile, inNamed, listNames, type PinnedDirectory } from './pinned.ts';
import { hasCode, isMissing, readPlain, withPlain } from './plain-file.ts';

type Content = string | Uint8Array | AsyncIterable<Uint8Array>;

/** Replaces `path` in one step. */
export async function writeDurably(path: string, content: Content, identity?: FileIdentity): Promise<void> {
  try {
    await atName(path, (at, around) =>
      besideFirst(around, basename(path), async (beside) => {
        await writeNew(beside, content, identity);
        await rename(beside, at);
      }),
    );
  } catch (error) {
    throw aboutPath(error, path);
  }
}

/**
 * The same bytes under another name, with owner and mode of the original. Where no room is left and both are in one file system, a
 * second name for the same file, which needs none.
 */
export async function copyDurably(from: string, to: string, bytesMax?: number): Promise<void> {
  try {
    await withPlain(from, (file) => writeDurably(to, file.chunks(), file.identity), bytesMax);
  } catch (error) {
    if (!isFull(error)) throw error;
    await linkDurably(from, to).catch(() => {
      throw error;
    });
  }
}

/** A second name for the same file, in place of what has that name; throws EXDEV across mounts. */
export async function linkDurably(from: string, to: string): Promise<void> {
  await atName(from, (source) =>
    atName(to, (at, around) =>
      besideFirst(around, basename(to), async (beside) => {
        await link(source, beside);
        await rename(beside, at);
      }),
    ),
  );
}

/** Does it with an unfinished name, which is gone afterwards: what is unfinished takes room that somebody needs, undo first of all. */
async function besideFirst(
  around: PinnedDirectory,
  name: string,
  work: (beside: string) => Promise<void>,
): Promise<void> {
  const beside = around.at(`.aurora-chatops.${name}.part`);
  await rm(beside, { force: true });
  try {
    await work(beside);
  } finally {
    // A rename onto another name of the same file leaves both (rename(2)).
    await rm(beside, { force: true });
  }
  await around.sync();
}

/** Gives what has that name another one, in place of what may have that. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await atName(from, async (source, left) =>
    atName(to, async (target, entered) => {
      await rename(source, target);
      await entered.sync();
      if (dirname(from) !== dirname(to)) await left.sync();
    }),
  );
}

/**
 * Moves a file, across file systems too; the old name is gone only when the new one is safe on disk. `twin` is a file of the same
 * bytes, perhaps where it goes: a second name for that needs no room.
 */
export async function moveDurably(
  from: string,
  to: string,
  { twin, bytesMax }: { twin?: string | undefined; bytesMax?: number } = {},
): Promise<void> {
  const copyAcross = (): Promise<void> => writeDurably(to, readPlain(from, bytesMax));
  try {
    await renameDurably(from, to);
  } catch (error) {
    if (!hasCode(error, 'EXDEV')) throw error;
    await (twin === undefined ? copyAcross() : linkDurably(twin, to).catch(copyAcross));
    await atName(from, async (at, around) => {
      await unlink(at);
      await around.sync();
    });
  }
}

/** Takes a file away that is ours to take away, or nothing. */
export function removeDurably(path: string): Promise<void> {
  return atName(path, async (at, around) => {
    await rm(at, { force: true });
    await around.sync();
  });
}

interface NewDirectory {
  readonly path: string;
  readonly identity: FileIdentity;
  /** Works in it while only we may enter; what it leaves when it fails is its own to remove. */
  readonly fill?: (made: PinnedDirectory) => Promise<void>;
  /** Another name beside, which it gets when it is whole. */
  readonly finally?: string;
}

/**
 * Makes a directory that only we may enter, fills it, and then gives it away. Throws EEXIST when the name is taken, and AuroraError
 * `directory-exchanged` when somebody has put another one there: nothing is given away then.
 */
export async function makeDirectory({ path, identity, fill, ...whole }: NewDirectory): Promise<void> {
  const name = basename(path);
  const last = basename(whole.finally ?? path);
  await atName(path, async (at, around) => {
    await mkdir(at, { mode: 0o700 });
    try {
      await inNamed(around, name, async (made) => {
        const { mode, uid } = await made.identity();
        const empty = (await listNames(made, 1)).names.length === 0;
        if (uid !== process.geteuid?.() || (mode & 0o777) !== 0o700 || !empty) throw exchanged(path);
        await fill?.(made);
        await made.give(identity);
        await made.sync();
        if (last !== name) await rename(at, around.at(last));
        if (!(await made.isAt(around, last))) throw exchanged(path);
      });
    } catch (error) {
      await rmdir(at).catch(() => undefined);
      throw error;
    }
    await around.sync();
  });
}

/** With all that is missing above it. Node says ENOENT for whatever else is in the way of that; the system knows what it is. */
export async function makeDirectories(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (!isMissing(error)) throw error;
    await mkdir(path, { mode: 0o700 });
  }
}

/** Whether anything has this name, a dangling link included. */
export async function nameExists(path: string): Promise<boolean> {
  try {
    return await atName(path, async (at) => {
      await lstat(at);
      return true;
    });
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** For a new file in a directory that is held already; `path` is not followed. */
export async function writeNew(
  path: string,
  content: Content,
  identity: FileIdentity | undefined,
): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const file = await open(path, flags, 0o600);
  try {
    await writeAll(file, content);
    if (identity !== undefined) await giveFile(file, identity);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, content: Content): Promise<void> {
  if (typeof content === 'string' || content instanceof Uint8Array) {
    await file.writeFile(content);
    return;
  }
  for await (const chunk of content) await file.writeFile(chunk);
}

function exchanged(path: string): AuroraError {
  return new AuroraError({
    code: 'directory-exchanged',
    message: `${path} was replaced by something else while the agent made it. Its owner was not changed.`,
    hint: 'Find out which program of this host works there, and stop it; it may be an attack.',
  });
}
