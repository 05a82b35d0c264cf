import { createReadStream } from 'node:fs';
import type { BackupReport } from '../aurora/backups.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import type { TaskRow } from '../aurora/tasks.ts';
import { decodeBackup } from './decode-backup.ts';

/**
 * Decodes and judges a backup file, off-line. `onTask` is called for every task as it is read. Throws AuroraError
 * `backup-not-found` or `backup-unreadable` when the file cannot be read; a bad file is a report, not an error.
 */
export async function inspectBackup(
  file: string,
  options: {
    onTask?: (row: TaskRow) => void;
    signal?: AbortSignal;
    /** The bytes pass through it, for whoever shows how far they are. */
    passing?: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
  } = {},
): Promise<BackupReport> {
  const { onTask, signal, passing = (bytes) => bytes } = options;
  return { file, ...(await decodeBackup(passing(readBackupFile(file, signal)), onTask)) };
}

/** The bytes of a file in pieces. Throws the errors of `inspectBackup`. */
export async function* readBackupFile(file: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    // Larger pieces are hardly faster, and each one is decoded without a pause.
    const stream = createReadStream(file, {
      highWaterMark: 128 * 1024,
      ...(signal === undefined ? {} : { signal }),
    });
    for await (const chunk of stream as AsyncIterable<Buffer>) yield chunk;
  } catch (thrown) {
    throw unreadable(file, thrown);
  }
}

function unreadable(file: string, cause: unknown): AuroraError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT')
    return new AuroraError({
      code: 'backup-not-found',
      message: `There is no file ${file}.`,
      hint: 'Check the path; backups are on the hosts that led when they were written, in the directory of -backup_dir.',
      cause,
    });
  return new AuroraError({
    code: 'backup-unreadable',
    message: `The file ${file} cannot be read: ${messageOf(cause)}.`,
    hint: 'Check that it is a file and that this user may read it.',
    cause,
  });
}
