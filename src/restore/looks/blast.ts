import type { AffectedTask, BlastRadius, CountedBlastRadius } from '../../aurora/backups.ts';
import { jobKeyText } from '../../aurora/tasks.ts';
import type { BlastSummary, JobEffect } from '../record/facts.ts';
import type { StepContext } from '../step.ts';

const jobsShown = 200;

/** Saves the exact lists as a document and answers the counts that events and messages carry. */
export async function keepBlastRadius(
  context: StepContext,
  named: { document: string; blast: CountedBlastRadius },
): Promise<BlastSummary> {
  const { document } = named;
  const { fates, ...blast } = named.blast;
  const { sha256 } = await context.deps.documents.save({
    restoreId: context.restoreId,
    name: document,
    text: JSON.stringify(blast),
  });
  const jobs = summariseJobs(blast);
  return {
    killed: blast.killed.length,
    rescheduled: blast.rescheduled.length,
    kept: blast.kept.length,
    jobs: jobs.slice(0, jobsShown),
    jobsLeftOut: Math.max(0, jobs.length - jobsShown),
    fates,
    document,
    sha256,
  };
}

/** Reads a kept blast radius back. */
export async function loadBlastRadius(context: StepContext, document: string): Promise<BlastRadius> {
  const text = await context.deps.documents.load(context.restoreId, document);
  if (text === null) throw new Error(`document ${document} of ${context.restoreId} is gone`);
  return JSON.parse(text) as BlastRadius;
}

/** One row a job, those that lose most first. */
function summariseJobs(blast: BlastRadius): JobEffect[] {
  const jobs = new Map<string, { -readonly [K in keyof JobEffect]: JobEffect[K] }>();
  const count = (tasks: readonly AffectedTask[], what: 'killed' | 'rescheduled' | 'kept') => {
    for (const task of tasks) {
      const job = jobKeyText(task.jobKey);
      const row = jobs.get(job) ?? { job, killed: 0, rescheduled: 0, kept: 0, tier: '', owner: '' };
      row[what] += 1;
      row.tier ||= task.tier ?? '';
      row.owner ||= task.owner ?? '';
      jobs.set(job, row);
    }
  };
  count(blast.killed, 'killed');
  count(blast.rescheduled, 'rescheduled');
  count(blast.kept, 'kept');
  return [...jobs.values()].sort(
    (a, b) => b.killed - a.killed || b.rescheduled - a.rescheduled || (a.job < b.job ? -1 : 1),
  );
}
