import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { BackupReport } from '../aurora/backups.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { decodeBackup } from './decode-backup.ts';
import type { DecodingThread } from './decoding-thread.ts';

interface HowToInspect {
  /** Decodes there, where there is one. */
  readonly thread?: DecodingThread;
  readonly signal?: AbortSignal;
  /** Is told how many bytes have been read, now and then. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * Decodes and judges a backup file, off-line. Throws AuroraError `backup-not-found` or `backup-unreadable` when the file cannot be
 * read, and what the thread throws; a bad file is a report, not an error.
 */
export async function inspectBackup(
  file: string,
  { thread, ...options }: HowToInspect = {},
): Promise<BackupReport> {
  if (thread === undefined) return { file, ...(await decodeBackup(readBackupFile(file, options.signal))) };
  const handle = await open(file).catch((thrown: unknown) => {
    throw unreadable(file, thrown);
  });
  try {
    // Straight into the thread's own memory: a stream would make a piece of it for each that it reads.
    const read = (into: Buffer): Promise<number> =>
      handle.read(into, 0, into.length).then(
        ({ bytesRead }) => bytesRead,
        (thrown: unknown) => {
          throw unreadable(file, thrown);
        },
      );
    return { file, ...(await thread.inspect(read, options)) };
  } finally {
    await handle.close();
  }
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
