/** "Leave tasks out…": the form, what its fields offer while somebody types, and what was chosen. */
import type { StagedTask } from '../src/restore/looks/staged-tasks.ts';
import { isAtCommitGate } from '../src/restore/record/state.ts';
import type { Offered, Press, Search, Submission } from '../src/slack/conversation.ts';
import { leaveOutFields, leaveOutForm } from '../src/slack/views/leave-out.ts';
import { offerJobs, offerTasks, readChoice } from '../src/slack/views/leave-out-options.ts';
import type { CommandDeps } from './deps.ts';
import { metadataOf, readSubject, tellRefusal } from './presses.ts';
import { readForm } from './submissions.ts';

/** Opens the form while what the button is about can still be edited. */
export async function pressLeaveOut(deps: CommandDeps, press: Press): Promise<void> {
  const { subject, state } = await readSubject(deps, press);
  const gate = state.gates.commit;
  const asks = gate?.status === 'open' && gate.digest === subject.digest && isAtCommitGate(state);
  if (asks && state.commitOrdered === null) {
    const staged = await deps.service.listStaged(state.restoreId);
    await press.show(leaveOutForm(state, { metadata: metadataOf(press, 'commit', subject), staged }));
    return;
  }
  // Told at once, in the words of the judgement: with nothing chosen it can only be refused.
  const nothing = { jobs: [], taskIds: [], reason: 'leave tasks out' };
  await tellRefusal(press, await deps.service.edit({ ...subject, ...nothing, userId: press.userId }));
}

export async function searchJobs(deps: CommandDeps, search: Search): Promise<Offered> {
  return offerJobs(await listStaged(deps, search), search.typed);
}

export async function searchTasks(deps: CommandDeps, search: Search): Promise<Offered> {
  return offerTasks(await listStaged(deps, search), search.typed);
}

export async function submitLeaveOut(deps: CommandDeps, submission: Submission): Promise<void> {
  const { restoreId, digest } = readForm(submission);
  const { chosen, values, userId } = submission;
  const choice = readChoice(await deps.service.listStaged(restoreId), {
    jobs: chosen[leaveOutFields.jobs] ?? [],
    tasks: chosen[leaveOutFields.tasks] ?? [],
  });
  const reason = values[leaveOutFields.reason] ?? '';
  await tellRefusal(submission, await deps.service.edit({ restoreId, digest, userId, ...choice, reason }));
}

async function listStaged(
  deps: CommandDeps,
  search: Pick<Search, 'metadata'>,
): Promise<readonly StagedTask[]> {
  return await deps.service.listStaged(readForm(search).restoreId);
}
