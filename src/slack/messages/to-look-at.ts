/** What people need to look for themselves at the second look: whose jobs change, where to see them, and what is still shut. */
import type { JobEffect } from '../../restore/record/facts.ts';
import { type RestoreState, summaryOf } from '../../restore/record/state.ts';
import { listRows } from '../blocks.ts';
import { code, foreign, incidentText, mention, mentionGroup } from '../escape.ts';
import { clockTime, count } from '../time.ts';

const ownersShown = 12;
const jobsShown = 6;

/** Jobs that lose or start tasks, a line for each owner, who is mentioned where the policy knows them; empty when none does. */
export function affectedJobsText(state: RestoreState): string {
  const blast = summaryOf(state)?.blast;
  const affected = (blast?.jobs ?? []).filter(({ killed, rescheduled }) => killed + rescheduled > 0);
  if (affected.length === 0) return '';
  const byOwner = Map.groupBy(affected, (job) => ownerText(state, job));
  const rows = [...byOwner].map(([owner, jobs]) => {
    const shown = jobs.slice(0, jobsShown).map((job) => `${code(job.job)} ${effectText(job)}`);
    const more = jobs.length > jobsShown ? `, and ${count(jobs.length - jobsShown, 'more job')}` : '';
    return `• ${owner}: ${shown.join(', ')}${more}`;
  });
  const smaller = blast?.jobsLeftOut ?? 0;
  const rest = smaller === 0 ? '' : `\n…and ${count(smaller, 'smaller job')}`;
  return `*Jobs that change:*\n${listRows(rows, ownersShown)}${rest}`;
}

/** Addresses of the pages, and that the scheduler's own is shut for as long as traffic is blocked. */
export function pagesText({ proposal, facts, look, runs }: RestoreState): string {
  const { scheduler, mesos } = proposal.pages ?? {};
  const tasks =
    mesos === undefined ? 'See the tasks in Mesos.' : `See the tasks in Mesos: ${incidentText(mesos)}.`;
  if (facts['block-traffic'] === undefined) {
    return scheduler === undefined ? tasks : `${tasks} The scheduler: ${incidentText(scheduler)}.`;
  }
  const page = scheduler === undefined ? '' : ` (${incidentText(scheduler)})`;
  const openedAt = runs['open-traffic']?.endedAt ?? null;
  const by = look?.trafficBy ?? null;
  if (by !== null && openedAt !== null)
    return `${tasks} The scheduler's own page${page} is open: ${mention(by.userId, by.name)} let traffic in (${clockTime(openedAt)}). What people change there is lost if you go back.`;
  return `${tasks} The scheduler's own page${page} stays shut until it reconciles: outside traffic is still blocked.`;
}

/** By the policy's table of roles, else as the backup names them. */
function ownerText({ proposal }: RestoreState, { job, owner }: JobEffect): string {
  const role = job.split('/')[0] ?? '';
  const { owners = {} } = proposal.policy;
  const id = Object.hasOwn(owners, role) ? owners[role] : undefined;
  if (id !== undefined) return id.startsWith('S') ? mentionGroup(id) : mention(id, role);
  return foreign(owner === '' ? role : owner, 60);
}

function effectText({ killed, rescheduled }: JobEffect): string {
  return [
    ...(killed > 0 ? [`${killed} killed`] : []),
    ...(rescheduled > 0 ? [`${rescheduled} started again`] : []),
  ].join(' and ');
}
