/** The tasks that are staged, kept as a document so that people can choose from them while schedulers are asked nothing. */
import type { Documents } from '../../aurora/journal.ts';
import { isUnlivable, type TaskRow } from '../../aurora/tasks.ts';
import type { StagedTask } from '../record/staged-task.ts';
import type { RestoreState } from '../record/state.ts';

/** Keeps them under `document`. */
export async function keepStagedTasks(
  documents: Documents,
  kept: { restoreId: string; document: string; rows: readonly TaskRow[] },
): Promise<void> {
  const tasks = kept.rows.map(({ taskId, jobKey, status, flaw }): StagedTask => {
    const kills = flaw !== undefined && isUnlivable({ flaw }, kept.rows.length);
    return { taskId, jobKey, status, ...(kills && { flaw }) };
  });
  await documents.save({
    restoreId: kept.restoreId,
    name: kept.document,
    text: JSON.stringify(tasks),
  });
}

/** What was staged when it was last summarised; empty before. */
export async function loadStagedTasks(
  documents: Documents,
  state: RestoreState,
): Promise<readonly StagedTask[]> {
  const document = state.facts['summarise-staged']?.stagedDocument;
  if (document === undefined) return [];
  const text = await documents.load(state.restoreId, document);
  return text === null ? [] : (JSON.parse(text) as StagedTask[]);
}
