/**
 * Reading what lies in directories of other accounts: plain files only, each with a bound. A name there may be a link, a named pipe that
 * nobody writes to, a device that acts when it is opened, a file of a terabyte without content, or one that grows while it is read.
 */
import { createHash } from 'node:crypto';
import { type BigIntStats, constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import { AuroraError } from '../../aurora/errors.ts';
import { aboutPath } from '../../aurora/system-errors.ts';
import { atName, type FileIdentity, giveFile, nameOnly, type PinnedDirectory } from './pinned.ts';

/** The longest file that is read unless somebody says otherwise; backups have `bounds.uploadBytes`, which is the same by default. */
const fileBytesMax = 4 * 1024 ** 3;
/** A disk that compresses keeps a backup in a tenth of its size, perhaps less; a file that is all holes needs nothing. */
const hollowFactor = 100;
const smallBytes = 1024 ** 2;

/** What a name says of a plain file. */
export interface PlainLook {
  readonly bytes: number;
  readonly mtimeMs: number;
  /** When its content, owner, mode or names changed last, by the clock of this machine; milliseconds since the epoch. */
  readonly changedAtMs: number;
  /** Changes whenever the file does. */
  readonly version: string;
}

/** `bytes` is from when it was opened; nothing behind that is read. */
export interface PlainFile extends PlainLook {
  readonly path: string;
  /** Of the very file that is read, without what would have it run as its owner. */
  readonly identity: FileIdentity;
  /** Names of the file: with another one elsewhere, owner and mode may be somebody else's. */
  readonly names: number;
  chunks(): AsyncIterable<Uint8Array>;
  give(identity: FileIdentity): Promise<void>;
}

/**
 * Works on a plain file, which stays the same one whatever happens to its name. Throws AuroraError `not-a-file`, `file-too-long` or
 * `file-hollow`, and the errors of open(2).
 */
export async function withPlain<T>(
  path: string,
  work: (file: PlainFile) => Promise<T>,
  bytesMax?: number,
): Promise<T> {
  const handle = await openPlain(path, bytesMax);
  try {
    return await work(await plainFileOf(handle, path));
  } catch (error) {
    throw aboutPath(error, path);
  } finally {
    await handle.close();
  }
}

/** The same of a name in a directory that is held already. */
export async function withPlainIn<T>(
  { at, path: around }: PinnedDirectory,
  name: string,
  work: (file: PlainFile) => Promise<T>,
): Promise<T> {
  const path = join(around, name);
  const flags = nameOnly | constants.O_NOFOLLOW;
  const handle = await openNamed(at(name), { path, bytesMax: fileBytesMax, flags });
  try {
    return await work(await plainFileOf(handle, path));
  } catch (error) {
    throw aboutPath(error, path);
  } finally {
    await handle.close();
  }
}

/** Looks at a name without opening what has it: AuroraErrors as `withPlain`, and ENOENT. */
export async function lookPlainIn(
  { at, path: around }: PinnedDirectory,
  name: string,
  bytesMax: number,
): Promise<PlainLook> {
  const found = await lstat(at(name), { bigint: true });
  requirePlain(join(around, name), found, bytesMax);
  return lookOf(found);
}

/** The same, for who closes it. `followed`: a link at the end may lead elsewhere. */
export function openPlain(
  path: string,
  bytesMax = fileBytesMax,
  { followed = false }: { followed?: boolean } = {},
): Promise<FileHandle> {
  if (followed) return openNamed(path, { path, bytesMax, flags: nameOnly });
  return atName(path, (at) => openNamed(at, { path, bytesMax, flags: nameOnly | constants.O_NOFOLLOW }));
}

/** The bytes of a plain file, in pieces. */
export async function* readPlain(path: string, bytesMax?: number): AsyncIterable<Uint8Array> {
  const handle = await openPlain(path, bytesMax);
  try {
    yield* (await plainFileOf(handle, path)).chunks();
  } catch (error) {
    throw aboutPath(error, path);
  } finally {
    await handle.close();
  }
}

/** All of a small file, as text; AuroraError `file-too-long` when it is larger. */
export async function readSmall(
  path: string,
  bytesMax: number,
  options: { followed?: boolean } = {},
): Promise<string> {
  const handle = await openPlain(path, bytesMax, options);
  try {
    return Buffer.concat(await Array.fromAsync((await plainFileOf(handle, path)).chunks())).toString('utf8');
  } finally {
    await handle.close();
  }
}

/** Lower-case hex sha256 of a plain file; `null` when there is none. */
export async function hashFile(path: string, bytesMax?: number): Promise<string | null> {
  try {
    const hash = createHash('sha256');
    for await (const chunk of readPlain(path, bytesMax)) hash.update(chunk);
    return hash.digest('hex');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

export function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT');
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Looked at by name first, since to open what is no file may block, or do something; then that very file is opened. */
async function openNamed(
  at: string,
  { path, bytesMax, flags }: { path: string; bytesMax: number; flags: number },
): Promise<FileHandle> {
  const named = await open(at, flags);
  try {
    requirePlain(path, await named.stat(), bytesMax);
    // O_NONBLOCK: somebody may hold a lease on his file, and let who opens it wait (fcntl(2)).
    return await open(`/proc/self/fd/${named.fd}`, constants.O_RDONLY | constants.O_NONBLOCK).catch(
      (error: unknown) => {
        throw Object.assign(error instanceof Error ? error : new Error(String(error)), { path });
      },
    );
  } finally {
    await named.close();
  }
}

async function plainFileOf(handle: FileHandle, path: string): Promise<PlainFile> {
  const found = await handle.stat({ bigint: true });
  const bytes = Number(found.size);
  return {
    ...lookOf(found),
    path,
    identity: { mode: Number(found.mode) & 0o777, uid: Number(found.uid), gid: Number(found.gid) },
    names: Number(found.nlink),
    chunks: () => chunksOf(handle, bytes),
    give: (identity) => giveFile(handle, identity),
  };
}

function lookOf(found: BigIntStats): PlainLook {
  return {
    bytes: Number(found.size),
    mtimeMs: Number(found.mtimeMs),
    changedAtMs: Number(found.ctimeMs),
    version: [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(':'),
  };
}

/** Larger pieces are hardly faster, and each one of a backup is decoded without a pause. */
const pieceBytes = 128 * 1024;

async function* chunksOf(handle: FileHandle, bytes: number): AsyncIterable<Uint8Array> {
  for (let position = 0; position < bytes; ) {
    const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, bytes - position));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function requirePlain(path: string, found: Stats | BigIntStats, bytesMax: number): void {
  const [bytes, onDisk] = [Number(found.size), Number(found.blocks) * 512];
  if (!found.isFile()) {
    throw new AuroraError({
      code: 'not-a-file',
      message: `${path} is ${kindOf(found)}, not a plain file. It was not opened.`,
      hint: 'Look at it on the host: only plain files are read there, and links are not followed.',
    });
  }
  if (bytes > bytesMax) {
    throw new AuroraError({
      code: 'file-too-long',
      message: `${path} is ${bytes} bytes long, and ${bytesMax} are read at most. It was not read.`,
      hint: 'Look at it on the host. If it is a backup that you need, raise bounds.uploadBytes in the configuration of the agent.',
      details: { bytes, mtimeMs: Number(found.mtimeMs) },
    });
  }
  if (bytes > smallBytes && onDisk * hollowFactor < bytes) {
    throw new AuroraError({
      code: 'file-hollow',
      message: `${path} says it is ${bytes} bytes long, and ${onDisk} are on the disk. It was not read.`,
      hint: 'Look at it on the host: it is a sparse file, and no scheduler writes those. Take another backup.',
      details: { bytes, mtimeMs: Number(found.mtimeMs) },
    });
  }
}

function kindOf(found: Stats | BigIntStats): string {
  if (found.isSymbolicLink()) return 'a symbolic link (ELOOP)';
  if (found.isDirectory()) return 'a directory';
  if (found.isFIFO()) return 'a named pipe';
  if (found.isSocket()) return 'a socket';
  return 'a device';
}
