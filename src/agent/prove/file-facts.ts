/** What the file says, decoded once, to compare with what a scheduler makes of it. */
import { createHash } from 'node:crypto';
import type { BackupReport } from '../../aurora/backups.ts';
import type { TaskRow } from '../../aurora/tasks.ts';
import { BackupDecoder } from '../../backups/decode-backup.ts';
import { digestStagedSet } from '../../backups/digest.ts';
import { readPlain } from '../files/plain-file.ts';

export interface FileFacts {
  readonly report: Omit<BackupReport, 'file'>;
  readonly digest: string;
  readonly tasks: number;
}

/** Never throws for what the bytes say. */
export async function readFileFacts(path: string): Promise<FileFacts> {
  let rows: TaskRow[] = [];
  const decoder = new BackupDecoder((row) => rows.push(row));
  const hash = createHash('sha256');
  const read = async function* (): AsyncGenerator<TaskRow> {
    for await (const chunk of readPlain(path)) {
      hash.update(chunk);
      decoder.push(chunk);
      yield* rows;
      rows = [];
    }
  };
  const set = await digestStagedSet(read());
  return { report: decoder.finish(hash.digest('hex')), ...set };
}

/**
 * Why a restore of the file would not be what it says, given what a scheduler shows of it; `null` when it would. That a scheduler says
 * OK is no proof: what decodes as empty is staged as empty (aurora.md 5, 15).
 */
export function faultOfShown(
  { report, digest, tasks }: FileFacts,
  shown: { readonly digest: string; readonly tasks: number },
): string | null {
  if (report.verdict === 'broken') {
    return `Aurora takes it and shows ${tasksText(shown.tasks)}, but it is not a whole backup. ${report.reasons[0] ?? ''}`.trim();
  }
  if (shown.tasks !== tasks)
    return `Aurora shows ${tasksText(shown.tasks)} of it, and the file has ${tasks}.`;
  if (shown.digest !== digest) return 'Aurora shows other tasks than the file has.';
  return tasks === 0 ? 'It has no tasks: restoring it would end every task of the cluster.' : null;
}

function tasksText(tasks: number): string {
  return tasks === 1 ? '1 task' : `${tasks} tasks`;
}
