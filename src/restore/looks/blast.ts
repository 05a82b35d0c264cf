import { z } from 'zod';
import type { AffectedTask, AffectedTasks, CountedBlastRadius, Effect } from '../../aurora/backups.ts';
import { breath } from '../../aurora/breath.ts';
import type { Documents } from '../../aurora/journal.ts';
import { storedForm } from '../../aurora/stored-form.ts';
import { jobKeyText, taskRowSchema } from '../../aurora/tasks.ts';
import type { BlastSummary, JobEffect } from '../record/facts.ts';
import type { StepContext } from '../step.ts';
import { jsonList, keepLongDocument, readLongDocument } from './long-documents.ts';

const jobsShown = 200;

/** The lists of a document that says what a restore costs, in the order in which it has them. */
const effects = ['killed', 'rescheduled', 'kept'] as const satisfies readonly Effect[];

/** The form of each task in them. */
const affectedForm = storedForm<AffectedTask>(1, taskRowSchema.extend({ why: z.string() }));

/** Saves the exact lists as a document and answers the counts that events and messages carry. Reads the lists to their end. */
export async function keepBlastRadius(
  context: StepContext,
  named: { document: string; blast: CountedBlastRadius },
): Promise<BlastSummary> {
  const { document, blast } = named;
  const { killed, rescheduled, kept, fates } = blast;
  const { restoreId, deps } = context;
  const jobs = new JobEffects();
  const counts = { killed: killed.size, rescheduled: rescheduled.size, kept: kept.size };
  const { sha256 } = await keepLongDocument(deps.documents, {
    restoreId,
    name: document,
    version: affectedForm.version,
    text: textOf(blast, jobs),
  });
  const shown = await jobs.worst(jobsShown);
  return {
    ...counts,
    jobs: shown,
    jobsLeftOut: jobs.size - shown.length,
    fates,
    document,
    sha256,
  };
}

/** The tasks of a kept blast radius, list by list, each in order of task id. */
export async function* readBlastRadius(
  beside: { readonly restoreId: string; readonly deps: { readonly documents: Pick<Documents, 'load'> } },
  name: string,
): AsyncGenerator<{ readonly effect: Effect; readonly task: AffectedTask }> {
  const { restoreId, deps } = beside;
  const named = { restoreId, name, form: affectedForm };
  for await (const { list, element } of readLongDocument(deps.documents, named, effects))
    if (list !== null) yield { effect: list, task: element };
}

/** Only those of one list. */
export async function* readAffected(
  beside: Parameters<typeof readBlastRadius>[0],
  { document, effect }: { document: string; effect: Effect },
): AsyncGenerator<AffectedTask> {
  for await (const read of readBlastRadius(beside, document)) if (read.effect === effect) yield read.task;
}

/** One object with a list for each effect, as its text. */
async function* textOf(blast: CountedBlastRadius, jobs: JobEffects): AsyncGenerator<string> {
  for (const [index, effect] of effects.entries()) {
    yield `${index === 0 ? '{' : ','}"${effect}":`;
    yield* jsonList(counted(blast[effect], (task) => jobs.count(task, effect)));
  }
  yield '}';
}

async function* counted(
  tasks: AffectedTasks,
  count: (task: AffectedTask) => void,
): AsyncGenerator<AffectedTask> {
  for await (const task of tasks.drain()) {
    count(task);
    yield task;
  }
}

/** One row a job. */
class JobEffects {
  readonly #jobs = new Map<string, { -readonly [K in keyof JobEffect]: JobEffect[K] }>();

  count(task: AffectedTask, effect: Effect): void {
    const job = jobKeyText(task.jobKey);
    const row = this.#jobs.get(job) ?? { job, killed: 0, rescheduled: 0, kept: 0, tier: '', owner: '' };
    row[effect] += 1;
    row.tier ||= task.tier ?? '';
    row.owner ||= task.owner ?? '';
    this.#jobs.set(job, row);
  }

  get size(): number {
    return this.#jobs.size;
  }

  /** So many of those that lose most, first the one that loses most. Never are all sorted: a large cluster has 100,000 jobs. */
  async worst(count: number): Promise<JobEffect[]> {
    let worst: JobEffect[] = [];
    for (const row of this.#jobs.values()) {
      const least = worst[count - 1];
      if (least !== undefined && byLoss(least, row) < 0) continue;
      worst.push(row);
      if (worst.length < 2 * count) continue;
      worst = worst.sort(byLoss).slice(0, count);
      await breath();
    }
    return worst.sort(byLoss).slice(0, count);
  }
}

function byLoss(a: JobEffect, b: JobEffect): number {
  return b.killed - a.killed || b.rescheduled - a.rescheduled || (a.job < b.job ? -1 : 1);
}
