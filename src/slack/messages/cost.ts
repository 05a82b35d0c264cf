/** What a restore costs: killed, started again, also undone; by job, largest first. */
import type { BlastSummary, JobEffect, StepFacts } from '../../restore/record/facts.ts';
import type { RestoreState } from '../../restore/record/state.ts';
import { context, listRows, type Message, message, section } from '../blocks.ts';
import { code, foreign } from '../escape.ts';
import { clockTime, count } from '../time.ts';
import { fatesText } from './fates.ts';
import { holderText } from './procedure.ts';

const jobsShown = 15;

/** Reply after the preview. The exact ids follow in a file. */
export function renderCost({ blast }: StepFacts['preview'], state: RestoreState): Message {
  const words = wordsFor(state, blast);
  const lines = blast.killed + blast.rescheduled + blast.kept;
  return message([
    section(killedText(blast, words.killed)),
    section(startedText(blast, words)),
    ...words.fates.filter((text) => text !== '').map(section),
    section(words.undone),
    ...(lines === 0 ? [] : [context(`Full list attached (${count(lines, 'line')}).`)]),
  ]);
}

interface CostWords {
  readonly killed: string;
  readonly started: string;
  readonly undone: string;
  readonly fates: readonly string[];
}

function wordsFor(state: RestoreState, blast: BlastSummary): CostWords {
  const { of } = state.proposal;
  if (of !== undefined) {
    return {
      // What the old log holds is not known yet, only what ran then.
      fates: [],
      killed: `they started since ${code(of)} set the log aside, and a scheduler on the old log does not know them.`,
      started: `they ran when ${code(of)} began, and no longer do.`,
      undone: `*Also undone:* every change to cron jobs, quotas, updates and maintenance since ${code(of)} set the log aside. This is worked out from what ran then; what the old log really holds is read before anybody signs the commit.`,
    };
  }
  return {
    fates: [fatesText(blast, holderText(state))],
    killed: 'they started after the backup, and a restored scheduler does not know them.',
    started: 'in the backup, no longer running.',
    undone: undoneText(state.facts['choose-backup']),
  };
}

/** Jobs hardest hit first. `why` ends a sentence. */
export function killedText(blast: BlastSummary, why: string): string {
  if (blast.killed === 0) return '*Killed: none.*';
  const jobs = blast.jobs.filter((job) => job.killed > 0).sort((a, b) => b.killed - a.killed);
  return [
    `*Killed (${blast.killed}):* ${why} This cannot be undone.`,
    jobRows(jobs, (job) => `${code(job.job)} ${job.killed} of ${runningOf(job)}${tailOf(job)}`, blast),
  ].join('\n');
}

function startedText(blast: BlastSummary, words: CostWords): string {
  if (blast.rescheduled === 0) return '*Started again: none.*';
  const jobs = blast.jobs.filter((job) => job.rescheduled > 0).sort((a, b) => b.rescheduled - a.rescheduled);
  return [
    `*Started again (${blast.rescheduled}):* ${words.started}`,
    jobRows(jobs, (job) => `${code(job.job)} ${job.rescheduled}${comesBack(job)}${tailOf(job)}`, blast),
  ].join('\n');
}

function undoneText(chosen: RestoreState['facts']['choose-backup']): string {
  if (chosen === undefined) return '';
  const { report } = chosen;
  const since = report.timestampMs === null ? 'the backup' : clockTime(report.timestampMs);
  const own = [
    ...(report.cronJobs === 0 ? [] : [count(report.cronJobs, 'cron job')]),
    ...(report.quotas === 0 ? [] : [count(report.quotas, 'quota')]),
    ...(report.jobUpdates === 0 ? [] : [count(report.jobUpdates, 'update')]),
    ...(report.maintenanceRequests === 0 ? [] : [count(report.maintenanceRequests, 'maintenance request')]),
  ];
  const inDump = report.writer?.storesOnlyInDump === true;
  return [
    `*Also undone:* every change since ${since} to cron jobs, quotas, updates and maintenance.`,
    ...(own.length === 0 ? [] : [`The backup's own come back: ${own.join(', ')}.`]),
    // 0.17 and 0.18 with `-snapshot_hydrate_stores` cut short: a scheduler reads these, and only a scheduler can.
    ...(inDump
      ? [
          'Quotas, updates and host attributes come back too, from its SQL dump, in which they cannot be counted.',
        ]
      : []),
    ...(own.length === 0 && !inDump ? ['The backup has none of them.'] : []),
  ].join(' ');
}

function jobRows(jobs: readonly JobEffect[], row: (job: JobEffect) => string, blast: BlastSummary): string {
  const left = blast.jobsLeftOut > 0 ? `\n${count(blast.jobsLeftOut, 'smaller job')} not listed here` : '';
  return `${listRows(jobs.map(row), jobsShown)}${left}`;
}

function runningOf(job: JobEffect): number {
  return job.killed + job.kept;
}

/** Nothing of the job runs now: somebody may have stopped it on purpose. */
function comesBack(job: JobEffect): string {
  return job.killed + job.kept === 0
    ? ' — _nothing of it runs now; if it was stopped on purpose, it comes back_'
    : '';
}

function tailOf(job: JobEffect): string {
  const tail = [
    ...(job.owner === '' ? [] : [`owner: ${foreign(job.owner, 60)}`]),
    ...(job.tier === '' ? [] : [`tier: ${foreign(job.tier, 60)}`]),
  ];
  return tail.length === 0 ? '' : ` (${tail.join(', ')})`;
}
