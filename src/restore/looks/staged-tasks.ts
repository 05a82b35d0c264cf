/** The tasks that are staged, kept as a document so that people can choose from them while schedulers are asked nothing. */
import { z } from 'zod';
import type { Documents } from '../../aurora/journal.ts';
import { storedForm } from '../../aurora/stored-form.ts';
import { isUnlivable, type TaskRow } from '../../aurora/tasks.ts';
import { type StagedTask, stagedTask } from '../record/staged-task.ts';
import type { RestoreState } from '../record/state.ts';
import { keepDocument, loadDocument } from './documents.ts';

const stagedForm = storedForm(1, z.array(stagedTask).readonly());

/** Keeps them under `document`. */
export async function keepStagedTasks(
  documents: Documents,
  kept: { restoreId: string; document: string; rows: readonly TaskRow[] },
): Promise<void> {
  const { restoreId, document: name } = kept;
  const value = kept.rows.map(({ taskId, jobKey, status, flaw }): StagedTask => {
    const kills = flaw !== undefined && isUnlivable({ flaw }, kept.rows.length);
    return { taskId, jobKey, status, ...(kills && { flaw }) };
  });
  await keepDocument(documents, { restoreId, name, form: stagedForm, value });
}

/** What was staged when it was last summarised; empty before. */
export async function loadStagedTasks(
  documents: Documents,
  state: RestoreState,
): Promise<readonly StagedTask[]> {
  const { restoreId, facts } = state;
  const name = facts['summarise-staged']?.stagedDocument;
  return name === undefined ? [] : await loadDocument(documents, { restoreId, name, form: stagedForm });
}
