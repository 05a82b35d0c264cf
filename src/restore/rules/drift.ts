/**
 * How much the cost of a commit may have grown between the signatures and the commit: tasks go on starting and ending
 * all the time. A little more is what was signed; a service of somebody who was not asked is not.
 */
import type { AffectedTask, BlastRadius } from '../../aurora/backups.ts';
import { type JobKey, jobKeyText } from '../../aurora/tasks.ts';

/** What has grown beyond the band, in sentences; empty when the signatures still cover it. */
export function findDrift(change: { signed: BlastRadius; now: BlastRadius }): readonly string[] {
  const { signed, now } = change;
  const allowed = Math.max(Math.floor(signed.killed.length / 100), 5);
  const more = now.killed.length - signed.killed.length;
  const before = new Set(signed.killed.map((task) => jobKeyText(task.jobKey)));
  const fresh = now.killed.filter((task) => isProduction(task) && !before.has(jobKeyText(task.jobKey)));
  const jobs = [...new Set(fresh.map((task) => jobKeyText(task.jobKey)))].sort();
  return [
    ...(more > allowed
      ? [`${now.killed.length} tasks would be killed now, ${signed.killed.length} when it was signed.`]
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
