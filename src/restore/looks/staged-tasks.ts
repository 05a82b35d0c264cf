/** The tasks that are staged, kept as a document so that people can choose from them while schedulers are asked nothing. */
import type { Documents } from '../../aurora/journal.ts';
import { storedForm } from '../../aurora/stored-form.ts';
import { isUnlivable, type TaskRow } from '../../aurora/tasks.ts';
import type { SortedTasks } from '../../streams/task-spools.ts';
import { type StagedTask, stagedTask } from '../record/staged-task.ts';
import type { RestoreState } from '../record/state.ts';
import { jsonList, keepLongDocument, readLongDocument } from './long-documents.ts';

const stagedForm = storedForm(1, stagedTask);

/** Keeps them under `document`. */
export async function keepStagedTasks(
  documents: Documents,
  kept: { restoreId: string; document: string; rows: SortedTasks },
): Promise<void> {
  const { restoreId, document: name, rows } = kept;
  const text = jsonList(stagedOf(rows));
  await keepLongDocument(documents, { restoreId, name, version: stagedForm.version, text });
}

async function* stagedOf(rows: SortedTasks<TaskRow>): AsyncGenerator<StagedTask> {
  for await (const { taskId, jobKey, status, flaw } of rows) {
    const kills = flaw !== undefined && isUnlivable({ flaw }, rows.size);
    yield { taskId, jobKey, status, ...(kills && { flaw }) };
  }
}

/** What was staged when it was last summarised, as it is read; nothing before. */
export async function* readStagedTasks(
  documents: Pick<Documents, 'load'>,
  { restoreId, facts }: RestoreState,
): AsyncGenerator<StagedTask> {
  const name = facts['summarise-staged']?.stagedDocument;
  if (name === undefined) return;
  const named = { restoreId, name, form: stagedForm };
  for await (const { element } of readLongDocument(documents, named, [])) yield element;
}
