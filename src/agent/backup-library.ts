/**
 * The backups in this host's backup directory, decoded. A decoding is kept as long as the file is the same one
 * (device, inode, size, times); files are decoded one after another, because a scheduler runs on this host too.
 */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type BackupFile, type BackupReport, backupNamePattern } from '../aurora/backups.ts';
import { AuroraError } from '../aurora/errors.ts';
import type { TaskRow } from '../aurora/tasks.ts';
import { isMissing } from './files/durable-file.ts';
import { requireBackupName } from './names.ts';

/** Reads the format; another room's craft. */
interface BackupDecoder {
  inspect(path: string): Promise<BackupReport>;
  readTasks(path: string): AsyncIterable<TaskRow>;
}

export interface BackupLibrary {
  /** Newest content first; files without a time come last. */
  list(): Promise<readonly BackupFile[]>;
  /** AuroraError `backup-missing` when there is no plain file of that name. */
  find(name: string): Promise<BackupFile>;
  /** Checks the name at once and streams afterwards. */
  openTasks(name: string): Promise<AsyncIterable<TaskRow>>;
}

/** The library of the directory at `directory`. */
export function createBackupLibrary(directory: string, decoder: BackupDecoder): BackupLibrary {
  const decoded = new Map<string, { identity: string; file: BackupFile }>();
  let last: Promise<unknown> = Promise.resolve();

  /** `null` for anything that is not a plain file of that name: links are never followed. */
  const look = async (name: string): Promise<BackupFile | null> => {
    const path = join(directory, name);
    const found = await lstat(path, { bigint: true }).catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    if (found === null || !found.isFile()) return null;
    const identity = [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(':');
    const known = decoded.get(name);
    if (known?.identity === identity) return known.file;
    const report = await decoder.inspect(path);
    const file = { name, bytes: Number(found.size), mtimeMs: Number(found.mtimeMs), report };
    decoded.set(name, { identity, file });
    return file;
  };

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };

  const find = async (name: string): Promise<BackupFile> => {
    const file = await inTurn(() => look(requireBackupName(name)));
    if (file === null) throw missing(name);
    return file;
  };

  return {
    list: () =>
      inTurn(async () => {
        const names = (await readdir(directory)).filter((name) => backupNamePattern.test(name));
        for (const name of decoded.keys()) if (!names.includes(name)) decoded.delete(name);
        const files: BackupFile[] = [];
        for (const name of names) {
          const file = await look(name);
          if (file !== null) files.push(file);
        }
        return files.sort((a, b) => compareTimes(a, b) || (a.name < b.name ? 1 : -1));
      }),
    find,
    openTasks: async (name) => {
      const found = await lstat(join(directory, requireBackupName(name))).catch(() => null);
      if (!found?.isFile()) throw missing(name);
      return decoder.readTasks(join(directory, name));
    },
  };
}

function compareTimes(a: BackupFile, b: BackupFile): number {
  const [timeA, timeB] = [a.report.timestampMs, b.report.timestampMs];
  if (timeA === timeB) return 0;
  return (timeB ?? -Infinity) > (timeA ?? -Infinity) ? 1 : -1;
}

function missing(name: string): AuroraError {
  return new AuroraError({
    code: 'backup-missing',
    message: `${name} is not a plain file in the backup directory of this host.`,
    hint: 'Look at the list of backups; the scheduler may have rotated it away.',
  });
}
