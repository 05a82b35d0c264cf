/**
 * Root in directories of other accounts. Whoever may write a directory exchanges a name in it for a link between any two looks of
 * ours, so nothing is done there by its path: the directory is opened once, without following a link that somebody else may have
 * made, and names are looked up in that descriptor (`/proc/self/fd/N/name`, which is openat(2) for a Node that has none).
 */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, opendir, readlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AuroraError } from '../../aurora/errors.ts';

/** Owner and mode; the owner is only set when we are root. */
export interface FileIdentity {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export interface PinnedDirectory {
  /** As people know it. */
  readonly path: string;
  /** What a system call takes for a name in it, whatever its path leads to by now. */
  at(name: string): string;
  identity(): Promise<FileIdentity>;
  /** Without what would have a file run as its owner. */
  give(identity: FileIdentity): Promise<void>;
  /** Makes a rename or a new name in it survive a power cut. */
  sync(): Promise<void>;
  /** Whether that name in that directory is this very directory. */
  isAt(around: PinnedDirectory, name: string): Promise<boolean>;
}

/** O_PATH of open(2): names a file without opening it, so that nothing happens to it. Node has no word for it. */
export const nameOnly = 0o10000000;

/** As many as the kernel follows in one path (path_resolution(7)). */
const linksMax = 40;

/**
 * Works in a directory that stays the same one. Links on the way are followed where only root made them; at the end of the path too,
 * unless `itself` is asked for. Throws AuroraError `path-not-safe` for any other link, and the errors of open(2).
 */
export async function inDirectory<T>(
  path: string,
  work: (directory: PinnedDirectory) => Promise<T>,
  { itself = false }: { itself?: boolean } = {},
): Promise<T> {
  const handle = await pin(path, itself);
  try {
    return await work(directoryOf(handle, path));
  } catch (error) {
    throw spelled(error, handle, path);
  } finally {
    await handle.close();
  }
}

/** Works on a name in the directory around it: `at` is for system calls that do not follow a link at its end. */
export function atName<T>(
  path: string,
  work: (at: string, around: PinnedDirectory) => Promise<T>,
): Promise<T> {
  return inDirectory(dirname(path), (around) => work(around.at(basename(path)), around));
}

/** Works in a directory of that name; throws ELOOP or ENOTDIR for anything else that has it. */
export async function inNamed<T>(
  around: PinnedDirectory,
  name: string,
  work: (directory: PinnedDirectory) => Promise<T>,
): Promise<T> {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  const handle = await open(around.at(name), flags);
  const path = join(around.path, name);
  try {
    return await work(directoryOf(handle, path));
  } catch (error) {
    throw spelled(error, handle, path);
  } finally {
    await handle.close();
  }
}

/** Gives a file that is open for writing owner and mode, without what would have it run as its owner. */
export async function giveFile(file: FileHandle, { mode, uid, gid }: FileIdentity): Promise<void> {
  if (process.getuid?.() === 0) await file.chown(uid, gid);
  await file.chmod(mode & 0o777);
}

/** At most `max` names, unsorted; `cut` when there are more. */
export async function listNames(
  directory: PinnedDirectory,
  max: number,
): Promise<{ names: readonly string[]; cut: boolean }> {
  const names: string[] = [];
  for await (const { name } of await opendir(directory.at('.'), { bufferSize: 1024 })) {
    if (names.length === max) return { names, cut: true };
    names.push(name);
  }
  return { names, cut: false };
}

/** A log of 40 GB has as many files, and two years of hourly backups are fewer. */
export const namesMax = 20_000;

/** All names, unsorted; AuroraError `too-many-names` rather than a part of them. */
export async function listAllNames(directory: PinnedDirectory): Promise<readonly string[]> {
  const { names, cut } = await listNames(directory, namesMax);
  if (!cut) return names;
  throw new AuroraError({
    code: 'too-many-names',
    message: `${directory.path} holds more than ${namesMax} names, so it was not read to its end.`,
    hint: 'Move what does not belong there elsewhere ("ls -U | head" shows some of it), then look again.',
  });
}

async function pin(path: string, itself: boolean): Promise<FileHandle> {
  let left = partsOf(path);
  let links = 0;
  let here = await open('/', nameOnly);
  try {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const next = await open(under(here, name), nameOnly | constants.O_NOFOLLOW).catch((error: unknown) => {
        throw Object.assign(error instanceof Error ? error : new Error(String(error)), { path });
      });
      const found = await next.stat();
      if (!found.isSymbolicLink()) {
        await here.close();
        here = next;
        continue;
      }
      await next.close();
      if (itself && left.length === 0) throw leadsElsewhere(path, 'it is a symbolic link');
      links += 1;
      if (links > linksMax || !isRootsOwn(await here.stat(), found)) {
        throw leadsElsewhere(path, `"${name}" on the way is a symbolic link that another account may change`);
      }
      const target = await readlink(under(here, name));
      left = [...partsOf(target), ...left];
      if (!target.startsWith('/')) continue;
      await here.close();
      here = await open('/', nameOnly);
    }
    return await open(under(here, '.'), constants.O_RDONLY | constants.O_DIRECTORY).catch(
      (error: unknown) => {
        throw Object.assign(error instanceof Error ? error : new Error(String(error)), { path });
      },
    );
  } finally {
    await here.close();
  }
}

/** Whether nobody but root (and ourselves) can have made that link, or can exchange it. In a sticky directory its owner can. */
function isRootsOwn(directory: Stats, link: Stats): boolean {
  const ours = (uid: number): boolean => uid === 0 || uid === process.getuid?.();
  if (!ours(directory.uid)) return false;
  return (directory.mode & 0o022) === 0 || ((directory.mode & 0o1000) !== 0 && ours(link.uid));
}

function directoryOf(handle: FileHandle, path: string): PinnedDirectory {
  return {
    path,
    at: (name) => under(handle, name),
    identity: async () => {
      const { mode, uid, gid } = await handle.stat();
      return { mode: mode & 0o3777, uid, gid };
    },
    give: async ({ mode, uid, gid }) => {
      if (process.getuid?.() === 0) await handle.chown(uid, gid);
      await handle.chmod(mode & 0o3777);
    },
    sync: () => handle.sync(),
    isAt: async (around, name) => {
      const [mine, there] = await Promise.all([
        handle.stat({ bigint: true }),
        lstat(around.at(name), { bigint: true }).catch(() => null),
      ]);
      return there !== null && mine.dev === there.dev && mine.ino === there.ino;
    },
  };
}

function under(handle: FileHandle, name: string): string {
  return `/proc/self/fd/${handle.fd}/${name}`;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

/** An error of the system names the descriptor, which says nothing to people. */
function spelled(error: unknown, handle: FileHandle, path: string): unknown {
  if (!(error instanceof Error) || error instanceof AuroraError) return error;
  const descriptor = under(handle, '');
  const named = (text: string): string => text.replaceAll(descriptor, `${path === '/' ? '' : path}/`);
  error.message = named(error.message);
  for (const key of ['path', 'dest']) {
    const text: unknown = Reflect.get(error, key);
    if (typeof text === 'string') Reflect.set(error, key, named(text));
  }
  return error;
}

function leadsElsewhere(path: string, why: string): AuroraError {
  return new AuroraError({
    code: 'path-not-safe',
    message: `${path} was not touched: ${why}, and links are not followed here.`,
    hint: 'Name what it leads to in the configuration of the agent. If none of you made that link, find out who did.',
  });
}
