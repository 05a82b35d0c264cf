/**
 * How much the cost of a commit may have grown between the signatures and the commit: tasks go on starting and ending
 * all the time. A little more is what was signed; a service of somebody who was not asked is not.
 */
import type { AffectedTask } from '../../aurora/backups.ts';
import { type JobKey, jobKeyText } from '../../aurora/tasks.ts';

/** The tasks that would be killed, down to what is compared. */
export class KilledTally {
  #tasks = 0;
  readonly #jobs = new Set<string>();
  readonly #productionJobs = new Set<string>();

  static async of(killed: AsyncIterable<AffectedTask>): Promise<KilledTally> {
    const tally = new KilledTally();
    for await (const task of killed) {
      const job = jobKeyText(task.jobKey);
      tally.#tasks += 1;
      tally.#jobs.add(job);
      if (isProduction(task)) tally.#productionJobs.add(job);
    }
    return tally;
  }

  get tasks(): number {
    return this.#tasks;
  }

  /** Production jobs that the other one has no task of, in order. */
  productionJobsBeyond(other: KilledTally): readonly string[] {
    return [...this.#productionJobs.difference(other.#jobs)].sort();
  }
}

/** What has grown beyond the band, in sentences; empty when the signatures still cover it. */
export function findDrift(change: { signed: KilledTally; now: KilledTally }): readonly string[] {
  const { signed, now } = change;
  const allowed = Math.max(Math.floor(signed.tasks / 100), 5);
  const more = now.tasks - signed.tasks;
  const jobs = now.productionJobsBeyond(signed);
  return [
    ...(more > allowed
      ? [`${now.tasks} tasks would be killed now, ${signed.tasks} when it was signed.`]
      : []),
    ...jobs.slice(0, jobsNamed).map((job) => `${job} would be killed now, and it is a production job.`),
    ...(jobs.length > jobsNamed ? [`So would ${jobs.length - jobsNamed} other production jobs.`] : []),
  ];
}

const jobsNamed = 5;

/** Environments that Aurora's client knows for everything that is not production: `devel`, `test`, `staging` with a number. */
const otherEnvironment = /^(devel|test|staging\d*)$/;

/** By its tier; where nobody tells it (a task that the backup does not know), by its environment, and in doubt it is. */
function isProduction(task: AffectedTask): boolean {
  return task.tier === undefined
    ? !isOther(task.jobKey)
    : task.tier === 'preferred' || task.tier === 'production';
}

function isOther({ environment }: JobKey): boolean {
  return otherEnvironment.test(environment);
}
