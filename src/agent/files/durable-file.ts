/**
 * Writing so that a power cut leaves the old file or the new one, never half of either: write beside, sync, rename,
 * sync the directory. Nothing here overwrites in place and nothing is deleted but our own unfinished `.part` files.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import {
  chmod,
  chown,
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  rename,
  rm,
  stat,
  unlink,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { aboutPath, isFull } from '../../aurora/system-errors.ts';

/** Owner and mode a new file shall have; the owner is only set when we are root. */
export interface FileIdentity {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Of what lies there, for something that shall be like it; links are followed. */
export async function identityOf(path: string): Promise<FileIdentity> {
  const { mode, uid, gid } = await stat(path);
  return { mode: mode & 0o7777, uid, gid };
}

/** Whatever the umask has made of it; the owner is only set when we are root. */
export async function giveIdentity(path: string, { mode, uid, gid }: FileIdentity): Promise<void> {
  if (process.getuid?.() === 0) await chown(path, uid, gid);
  await chmod(path, mode);
}

/** Replaces `path` in one step. */
export async function writeDurably(
  path: string,
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
  identity?: FileIdentity,
): Promise<void> {
  const beside = partOf(path);
  await rm(beside, { force: true });
  try {
    await writeNew(beside, content, identity);
    await rename(beside, path);
  } catch (error) {
    // What is unfinished takes room that somebody needs, undo first of all.
    await rm(beside, { force: true });
    throw aboutPath(error, path);
  }
  await syncDirectory(dirname(path));
}

/**
 * The same bytes under another name, with owner and mode of the original. Where no room is left and both are in one file system, a
 * second name for the same file, which needs none.
 */
export async function copyDurably(from: string, to: string): Promise<void> {
  try {
    await writeDurably(to, readPlain(from), await identityOf(from));
  } catch (error) {
    if (!isFull(error)) throw error;
    await linkDurably(from, to).catch(() => {
      throw error;
    });
  }
}

/** A second name for the same file, in place of what has that name; throws EXDEV across mounts. */
async function linkDurably(from: string, to: string): Promise<void> {
  const beside = partOf(to);
  await rm(beside, { force: true });
  await link(from, beside);
  await rename(beside, to);
  // A rename onto another name of the same file leaves both (rename(2)).
  await rm(beside, { force: true });
  await syncDirectory(dirname(to));
}

/** Opens a regular file for reading and refuses a symbolic link at its end (ELOOP). */
export function openPlain(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
}

/** The bytes of a regular file, in pieces. */
export async function* readPlain(path: string): AsyncIterable<Uint8Array> {
  const file = await openPlain(path);
  try {
    yield* file.createReadStream();
  } catch (error) {
    throw aboutPath(error, path);
  }
}

/** Lower-case hex sha256 of a regular file; `null` when there is none. */
export async function hashFile(path: string): Promise<string | null> {
  try {
    const hash = createHash('sha256');
    for await (const chunk of readPlain(path)) hash.update(chunk);
    return hash.digest('hex');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/**
 * Moves a file, across file systems too; the old name is gone only when the new one is safe on disk. `twin` is a file of the same
 * bytes, perhaps where it goes: a second name for that needs no room.
 */
export async function moveDurably(from: string, to: string, twin?: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!hasCode(error, 'EXDEV')) throw error;
    await (twin === undefined
      ? copyAcross(from, to)
      : linkDurably(twin, to).catch(() => copyAcross(from, to)));
    await unlink(from);
  }
  await syncDirectory(dirname(to));
  await syncDirectory(dirname(from));
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

/** Makes a rename or a new name in `path` survive a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Whether anything has this name, a dangling link included. */
export async function nameExists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

export function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT');
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function partOf(path: string): string {
  return join(dirname(path), `.aurora-chatops.${basename(path)}.part`);
}

function copyAcross(from: string, to: string): Promise<void> {
  return writeDurably(to, readPlain(from));
}

async function writeNew(
  path: string,
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
  identity: FileIdentity | undefined,
): Promise<void> {
  const file = await open(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
    identity?.mode ?? 0o600,
  );
  try {
    await writeAll(file, content);
    if (identity !== undefined) await applyIdentity(file, identity);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeAll(
  file: FileHandle,
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
): Promise<void> {
  if (typeof content === 'string' || content instanceof Uint8Array) {
    await file.writeFile(content);
    return;
  }
  for await (const chunk of content) await file.writeFile(chunk);
}

async function applyIdentity(file: FileHandle, identity: FileIdentity): Promise<void> {
  await file.chmod(identity.mode);
  if (process.getuid?.() === 0) await file.chown(identity.uid, identity.gid);
}
