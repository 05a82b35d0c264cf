/** What the programs that read backup files have in common: progress, Ctrl-C, and an exit status that monitoring reads. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { BackupReport } from '../aurora/backups.ts';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError } from '../aurora/errors.ts';
import { escapedLines } from '../aurora/printable.ts';
import { createDecodingThread } from '../backups/decoding-thread.ts';
import { inspectBackup, readBackupFile } from '../backups/inspect-backup.ts';
import { exitInterrupted, exitOf, type Status } from './monitoring.ts';
import { createProgress } from './progress.ts';

export interface OffLine {
  readonly clock: Clock;
  /** Where progress is shown, when it is a terminal. */
  readonly screen: { readonly isTTY?: boolean; write(text: string): unknown };
  /** From here on Ctrl-C ends what is read, and not the process. */
  begin(): AbortSignal;
  end(code: number): void;
}

/** Runs to its status; Ctrl-C ends it with that of a shell. Whatever cannot be read is a sentence and `unknown`. */
export async function runOffLine(
  offLine: OffLine,
  complain: (text: string) => void,
  work: (signal: AbortSignal) => Promise<Status>,
): Promise<void> {
  const signal = offLine.begin();
  try {
    const status = await work(signal);
    offLine.end(signal.aborted ? exitInterrupted : exitOf[status]);
  } catch (thrown) {
    if (signal.aborted) offLine.end(exitInterrupted);
    else {
      if (!(thrown instanceof AuroraError)) throw thrown;
      complain(escapedLines(`${thrown.message} ${thrown.hint}\n`));
      offLine.end(exitOf[thrown.code === 'backup-broken' ? 'critical' : 'unknown']);
    }
  }
}

/** The bytes of a file, with progress. Throws as `readBackupFile` does. */
export async function* readShown(
  offLine: OffLine,
  file: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const progress = await progressOf(offLine, file);
  let bytes = 0;
  try {
    for await (const chunk of readBackupFile(file, signal)) {
      bytes += chunk.length;
      progress.show(bytes);
      yield chunk;
    }
  } finally {
    progress.end();
  }
}

/** Decoded to its last byte, with progress. */
export async function inspectShown(
  offLine: OffLine,
  file: string,
  signal: AbortSignal,
): Promise<BackupReport> {
  const thread = createDecodingThread();
  const progress = await progressOf(offLine, file);
  try {
    return await inspectBackup(file, { thread, signal, onBytes: progress.show });
  } finally {
    progress.end();
    await thread.close();
  }
}

async function progressOf(
  { clock, screen }: OffLine,
  file: string,
): Promise<ReturnType<typeof createProgress>> {
  const total = (await stat(file).catch(() => null))?.size ?? 0;
  return createProgress({ name: basename(file), total, screen, clock });
}

/** The documented line; who wrote the file is told in the text alone. */
export function reportLine(report: BackupReport): string {
  const { writer: _writer, ...line } = report;
  return JSON.stringify(line);
}

export const statusOfVerdict = {
  ok: 'ok',
  suspicious: 'warning',
  unlivable: 'critical',
  broken: 'critical',
} as const satisfies Record<BackupReport['verdict'], Status>;
