import { createReadStream } from 'node:fs';
import type { BackupReport } from '../aurora/backups.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { decodeBackup } from './decode-backup.ts';
import { type DecodingThread, readFrom } from './decoding-thread.ts';

interface HowToInspect {
  /** Decodes there, where there is one. */
  readonly thread?: DecodingThread;
  /** The bytes of the file, for whoever has opened it or shows how far they are. */
  readonly bytes?: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
}

/**
 * Decodes and judges a backup file, off-line. Throws AuroraError `backup-not-found` or `backup-unreadable` when the file cannot be
 * read, what reading `bytes` throws, and what the thread throws; a bad file is a report, not an error.
 */
export async function inspectBackup(
  file: string,
  { thread, bytes = readBackupFile(file), signal }: HowToInspect = {},
): Promise<BackupReport> {
  const report =
    thread === undefined
      ? await decodeBackup(bytes)
      : await thread.inspect(readFrom(bytes), signal === undefined ? {} : { signal });
  return { file, ...report };
}

/** The bytes of a file in pieces. Throws the errors of `inspectBackup`. */
export async function* readBackupFile(file: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    // Larger pieces are hardly faster, and each one is decoded without a pause.
    const stream = createReadStream(file, { highWaterMark: 128 * 1024, ...(signal && { signal }) });
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
