/**
 * The backups in this host's backup directory, decoded. A decoding is kept as long as the file is the same one
 * (device, inode, size, times); files are decoded one after another, because a scheduler runs on this host too. Only plain files are
 * read, and none that is longer than a backup may be: the directory is the scheduler's, and what lies there may be anybody's.
 */
import { join } from 'node:path';
import { type BackupFile, type BackupReport, backupNamePattern } from '../aurora/backups.ts';
import { AuroraError } from '../aurora/errors.ts';
import type { TaskRow } from '../aurora/tasks.ts';
import { inDirectory, listAllNames } from './files/pinned.ts';
import { isMissing, type PlainFile, readPlain, withPlain } from './files/plain-file.ts';
import { requireBackupName } from './names.ts';

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Reads the format; another room's craft. */
interface BackupDecoder {
  inspect(bytes: Chunks): Promise<Omit<BackupReport, 'file'>>;
  /** `path` is for errors. */
  readTasks(path: string, bytes: AsyncIterable<Uint8Array>): AsyncIterable<TaskRow>;
}

export interface BackupLibrary {
  /** Newest content first; files without a time come last. AuroraError `too-many-names` when they are more than are looked at. */
  list(): Promise<readonly BackupFile[]>;
  /** AuroraError `backup-missing` when there is no plain file of that name. */
  find(name: string): Promise<BackupFile>;
  /** Checks the name at once and streams afterwards. */
  openTasks(name: string): Promise<AsyncIterable<TaskRow>>;
  /** The bytes of the file, checked and read in the same way; `path` is for errors. */
  openBytes(name: string): Promise<{ path: string; bytes: AsyncIterable<Uint8Array> }>;
}

interface LibraryParts {
  readonly directory: string;
  /** The longest file that is read; a longer one is listed as broken. */
  readonly bytesMax: number;
  readonly decoder: BackupDecoder;
}

/** The library of one directory. */
export function createBackupLibrary({ directory, bytesMax, decoder }: LibraryParts): BackupLibrary {
  /** By version of the file: one with many names is decoded once. */
  const decoded = new Map<string, BackupFile['report']>();
  let last: Promise<unknown> = Promise.resolve();

  const decode = async (file: PlainFile): Promise<BackupFile['report']> => {
    const report = decoded.get(file.version) ?? {
      file: file.path,
      ...(await decoder.inspect(file.chunks())),
    };
    decoded.set(file.version, report);
    return { ...report, file: file.path };
  };

  /** `null` for anything that is not a plain file of that name: links are never followed. */
  const look = async (name: string): Promise<(BackupFile & { version: string }) | null> => {
    const path = join(directory, name);
    try {
      return await withPlain(
        path,
        async (file) => {
          const { bytes, mtimeMs, version } = file;
          return { name, bytes, mtimeMs, version, report: await decode(file) };
        },
        bytesMax,
      );
    } catch (error) {
      if (isMissing(error) || (error instanceof AuroraError && error.code === 'not-a-file')) return null;
      if (!(error instanceof AuroraError) || !unreadCodes.has(error.code)) throw error;
      const bytes = Number(error.details['bytes']);
      const nothing = await decoder.inspect([]);
      const report = { ...nothing, bytes, file: path, reasons: [error.message] };
      return { name, bytes, mtimeMs: Number(error.details['mtimeMs']), version: '', report };
    }
  };

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };

  const find = async (name: string): Promise<BackupFile> => {
    const found = await inTurn(() => look(requireBackupName(name)));
    if (found === null) throw missing(name);
    const { version: _version, ...file } = found;
    return file;
  };

  const requireReadable = async (name: string): Promise<string> => {
    const path = join(directory, requireBackupName(name));
    try {
      await withPlain(path, async () => undefined, bytesMax);
    } catch (error) {
      if (error instanceof AuroraError && unreadCodes.has(error.code)) throw error;
      throw missing(name);
    }
    return path;
  };

  return {
    list: () =>
      inTurn(async () => {
        const names = (await inDirectory(directory, listAllNames)).filter((name) =>
          backupNamePattern.test(name),
        );
        const files: BackupFile[] = [];
        const versions = new Set<string>();
        for (const name of names) {
          const found = await look(name);
          if (found === null) continue;
          const { version, ...file } = found;
          versions.add(version);
          files.push(file);
        }
        for (const version of decoded.keys()) if (!versions.has(version)) decoded.delete(version);
        return files.sort((a, b) => compareTimes(a, b) || (a.name < b.name ? 1 : -1));
      }),
    find,
    openTasks: async (name) => {
      const path = await requireReadable(name);
      return decoder.readTasks(path, readPlain(path, bytesMax));
    },
    openBytes: async (name) => {
      const path = await requireReadable(name);
      return { path, bytes: readPlain(path, bytesMax) };
    },
  };
}

function compareTimes(a: BackupFile, b: BackupFile): number {
  const [timeA, timeB] = [a.report.timestampMs, b.report.timestampMs];
  if (timeA === timeB) return 0;
  return (timeB ?? -Infinity) > (timeA ?? -Infinity) ? 1 : -1;
}

/** What is listed, so that somebody learns why it cannot be taken. */
const unreadCodes: ReadonlySet<string> = new Set(['file-too-long', 'file-hollow']);

function missing(name: string): AuroraError {
  return new AuroraError({
    code: 'backup-missing',
    message: `${name} is not a plain file in the backup directory of this host.`,
    hint: 'Look at the list of backups; the scheduler may have rotated it away.',
  });
}
