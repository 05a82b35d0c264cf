import { createHash } from 'node:crypto';
import { AuroraError } from '../aurora/errors.ts';
import type { TaskRow } from '../aurora/tasks.ts';
import { BackupDecoder } from './decode-backup.ts';
import { readBackupFile } from './inspect-backup.ts';

/**
 * The tasks of a backup file as they are read; memory does not grow with the file. `bytes` are its own, where
 * somebody else has opened it. Throws AuroraError `backup-not-found` or `backup-unreadable`, and `backup-broken` at the end of a file that a scheduler would not
 * take: the rows handed out before are then not the whole.
 */
export function readTaskRows(
  file: string,
  bytes: AsyncIterable<Uint8Array> = readBackupFile(file),
): AsyncGenerator<TaskRow> {
  return decodeTaskRows(bytes, file);
}

/** The same from chunks of bytes; `name` is for the error. */
export async function* decodeTaskRows(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  name: string,
): AsyncGenerator<TaskRow> {
  let rows: TaskRow[] = [];
  const decoder = new BackupDecoder((row) => rows.push(row));
  const hash = createHash('sha256');
  for await (const chunk of chunks) {
    hash.update(chunk);
    decoder.push(chunk);
    yield* rows;
    rows = [];
  }
  const report = decoder.finish(hash.digest('hex'));
  yield* rows;
  if (report.verdict === 'broken')
    throw new AuroraError({
      code: 'backup-broken',
      message: `The backup ${name} is broken. ${report.reasons.join(' ')}`,
      hint: 'Choose another backup; every scheduler host has its own.',
      details: { sha256: report.sha256, reasons: report.reasons },
    });
}
