import { z } from 'zod';
import type { AffectedTask, BlastRadius, CountedBlastRadius } from '../../aurora/backups.ts';
import { storedForm } from '../../aurora/stored-form.ts';
import { jobKeyText, taskRowSchema } from '../../aurora/tasks.ts';
import type { BlastSummary, JobEffect } from '../record/facts.ts';
import type { StepContext } from '../step.ts';
import { type Beside, keepDocument, loadDocument } from './documents.ts';

const jobsShown = 200;

const affectedTasks = z.array(taskRowSchema.extend({ why: z.string() })).readonly();

/** The form of every document that says what a restore costs. */
export const blastForm = storedForm<BlastRadius>(
  1,
  z.object({ killed: affectedTasks, rescheduled: affectedTasks, kept: affectedTasks }),
);

/** Saves the exact lists as a document and answers the counts that events and messages carry. */
export async function keepBlastRadius(
  context: StepContext,
  named: { document: string; blast: CountedBlastRadius },
): Promise<BlastSummary> {
  const { document } = named;
  const { fates, ...blast } = named.blast;
  const { restoreId, deps } = context;
  const kept = { restoreId, name: document, form: blastForm, value: blast };
  const { sha256 } = await keepDocument(deps.documents, kept);
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
export async function loadBlastRadius(context: Beside, name: string): Promise<BlastRadius> {
  const { restoreId, deps } = context;
  return await loadDocument(deps.documents, { restoreId, name, form: blastForm });
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
