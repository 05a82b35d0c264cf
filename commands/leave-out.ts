/** What the fields of "Leave tasks out…" offer while somebody types. */
import type { StagedTask } from '../src/restore/record/staged-task.ts';
import type { Offered, Search } from '../src/slack/conversation.ts';
import { leaveOutForm } from '../src/slack/decisions/leave-out.ts';
import { offerJobs, offerTasks } from '../src/slack/decisions/leave-out-options.ts';
import type { CommandDeps } from './deps.ts';
import { readForm } from './form-subject.ts';

export async function searchJobs(deps: CommandDeps, search: Search): Promise<Offered> {
  return offerJobs(await listStaged(deps, search), search.typed);
}

export async function searchTasks(deps: CommandDeps, search: Search): Promise<Offered> {
  return offerTasks(await listStaged(deps, search), search.typed);
}

async function listStaged(deps: CommandDeps, search: Search): Promise<readonly StagedTask[]> {
  return await deps.service.listStaged(readForm(deps, search, leaveOutForm.id).restoreId);
}
