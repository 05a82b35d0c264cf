/** What the fields of "Leave tasks out…" offer while somebody types. */
import type { StagedIndex } from '../src/restore/service/staged-indexes.ts';
import type { Offered, Search } from '../src/slack/conversation.ts';
import { leaveOutForm } from '../src/slack/decisions/leave-out.ts';
import { offerJobs, offerTasks } from '../src/slack/decisions/leave-out-options.ts';
import type { CommandDeps } from './deps.ts';
import { readForm } from './form-subject.ts';

const nothing: Offered = { options: [], heading: null };

export async function searchJobs(deps: CommandDeps, search: Search): Promise<Offered> {
  const staged = await indexOf(deps, search);
  return staged === null ? nothing : offerJobs(staged.jobs, search.typed);
}

export async function searchTasks(deps: CommandDeps, search: Search): Promise<Offered> {
  const staged = await indexOf(deps, search);
  return staged === null ? nothing : await offerTasks(staged.tasks, search.typed);
}

async function indexOf(deps: CommandDeps, search: Search): Promise<StagedIndex | null> {
  return await deps.service.indexStaged(readForm(deps, search, leaveOutForm.id).restoreId);
}
