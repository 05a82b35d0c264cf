/**
 * Writing so that a power cut leaves the old file or the new one, never half of either: write beside, sync, rename,
 * sync the directory. Nothing here overwrites in place and nothing is deleted but our own unfinished `.part` files.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, chown, type FileHandle, lstat, open, rename, rm, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

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
  const beside = join(dirname(path), `.aurora-chatops.${basename(path)}.part`);
  await rm(beside, { force: true });
  const file = await open(
    beside,
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
  await rename(beside, path);
  await syncDirectory(dirname(path));
}

/** Opens a regular file for reading and refuses a symbolic link at its end (ELOOP). */
export function openPlain(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
}

/** The bytes of a regular file, in pieces. */
export async function* readPlain(path: string): AsyncIterable<Uint8Array> {
  const file = await openPlain(path);
  yield* file.createReadStream();
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

/** Moves a file, across file systems too; the old name is gone only when the new one is safe on disk. */
export async function moveDurably(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    await writeDurably(to, readPlain(from));
    await unlink(from);
  }
  await syncDirectory(dirname(to));
  await syncDirectory(dirname(from));
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
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
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
