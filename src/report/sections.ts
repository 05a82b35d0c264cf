/**
 * What a report says, section by section, before it is put into a form: headings, facts, tables and lists of plain text. Both forms are
 * written from this, so neither can say something that the other does not.
 */
import type { Outcome } from '../restore/record/words.ts';
import { utcText } from './happened.ts';
import type { Report } from './report.ts';
import { type Doing, totalsOf } from './stretches.ts';
import { spanText } from './text.ts';
import type { Words } from './words-said.ts';

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [string, string])[] }
  | {
      readonly kind: 'table';
      readonly caption: string;
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  /** Boxes that are ticked or open. */
  | { readonly kind: 'todo'; readonly items: readonly { readonly text: string; readonly done: boolean }[] }
  | { readonly kind: 'words'; readonly words: readonly Words[] }
  | { readonly kind: 'timeline' };
export type ReportPart = Part;

export interface Section {
  readonly heading: string;
  readonly parts: readonly Part[];
}

/** Rows of a table; the record has all of them. */
const rowsMax = 500;

export const doingWords: Readonly<Record<Doing, string>> = {
  work: 'The bot at work',
  people: 'Waiting for people',
  paused: 'Paused',
  stuck: 'Stuck',
};

const outcomeWords: Readonly<Record<Outcome, string>> = {
  completed: 'Completed.',
  undone: 'Undone.',
  declined: 'Declined.',
  expired: 'Expired.',
  failed: 'Ended without success.',
};

/** `Report of R1: restore of east`. */
export function titleOfReport({ restoreId, proposal }: Report): string {
  return `Report of ${restoreId}: restore of ${proposal.cluster}`;
}

export function sectionsOf(report: Report): readonly Section[] {
  return [
    { heading: 'Summary', parts: summary(report) },
    { heading: 'Left to do', parts: leftToDo(report) },
    { heading: 'Numbers', parts: numbers(report) },
    { heading: 'Left out of the restore', parts: leftOut(report) },
    { heading: 'Where the time went', parts: times(report) },
    { heading: 'Who decided what', parts: decisions(report) },
    { heading: 'What went wrong, and how it was settled', parts: troubles(report) },
    { heading: 'What people said', parts: said(report) },
    { heading: 'The record', parts: record(report) },
  ];
}

function summary(report: Report): Part[] {
  const { proposal, ended, backup, stoppedAt, proposedAt } = report;
  const { backup: chosen } = proposal;
  const rows: [string, string][] = [
    [
      'Outcome',
      ended === null
        ? 'The restore is still in progress.'
        : `${outcomeWords[ended.outcome]} ${ended.message}`,
    ],
    ['Incident', proposal.incident === '' ? 'none was named' : proposal.incident],
    ['Requested by', `${proposal.requester.name}: “${proposal.reason}”`],
    ['Proposed', utcText(proposedAt)],
    ['First scheduler stopped', stoppedAt === null ? 'no host was touched' : utcText(stoppedAt)],
    ...(ended === null ? [] : [['Ended', utcText(ended.at)] as [string, string]]),
    ...(ended === null ? [] : [['Took', tookText(report, ended.at)] as [string, string]]),
    ['Cluster', `${proposal.cluster}, Aurora ${proposal.auroraVersion}, on ${proposal.hosts.join(', ')}`],
    ['Procedure', procedureText(report)],
    [
      'Backup',
      proposal.of === undefined
        ? `${chosen.name}, on ${chosen.host}`
        : `none: the log that ${proposal.of} set aside was brought back`,
    ],
    ...(backup === null ? [] : ([['Backup taken', takenText(backup)]] as [string, string][])),
    ...(backup === null
      ? []
      : ([['Backup holds', `${backup.tasks} tasks of ${backup.jobs} jobs`]] as [string, string][])),
    ...(proposal.of === undefined ? ([['Backup sha256', chosen.sha256]] as [string, string][]) : []),
  ];
  return [{ kind: 'facts', rows }];
}

function tookText({ proposedAt, stoppedAt }: Report, endedAt: number): string {
  const whole = `${spanText(endedAt - proposedAt)} from proposal to end`;
  return stoppedAt === null
    ? whole
    : `${whole}, ${spanText(endedAt - stoppedAt)} of them after the first stop`;
}

function procedureText({ proposal }: Report): string {
  return proposal.procedureReason === undefined
    ? proposal.procedure
    : `${proposal.procedure} (${proposal.procedureReason})`;
}

function takenText({ takenAtMs, ageMs }: NonNullable<Report['backup']>): string {
  const age = `${spanText(ageMs)} before it was chosen`;
  return takenAtMs === null ? age : `${utcText(takenAtMs)}, ${age}`;
}

function leftToDo({ ended, left }: Report): Part[] {
  if (ended === null) return [{ kind: 'text', text: 'The restore is still in progress.' }];
  if (left.length === 0) return [{ kind: 'text', text: 'Nothing.' }];
  const items = left.map(({ text, asked, done }) => ({
    text:
      done === null
        ? `${text} Asked: ${asked.name}.`
        : `${text} Done, says ${done.person.name} (${utcText(done.at)}).`,
    done: done !== null,
  }));
  return [{ kind: 'todo', items }];
}

function numbers({ effects, asPredicted, differences }: Report): Part[] {
  if (effects.length === 0) return [{ kind: 'text', text: 'It ended before anything was predicted.' }];
  const verdict = {
    true: 'What was seen is what was predicted.',
    false: `Not all as predicted. ${differences.length === 1 ? 'One difference' : `${differences.length} differences`}:`,
    null: 'Nothing was compared: it ended before Mesos reconciled.',
  }[`${asPredicted}`];
  return [
    {
      kind: 'table',
      caption: 'Tasks, as predicted and as seen',
      head: ['', 'Killed', 'Started again', 'Kept'],
      rows: effects.map(({ when, killed, rescheduled, kept }) => [
        when,
        String(killed),
        String(rescheduled),
        String(kept),
      ]),
    },
    { kind: 'text', text: verdict },
    ...(differences.length === 0 ? [] : [{ kind: 'list' as const, items: differences }]),
  ];
}

function leftOut(report: Report): Part[] {
  if (report.leftOut.length === 0)
    return [{ kind: 'text', text: 'Nothing: all of it was meant to come back.' }];
  return [
    {
      kind: 'table',
      caption: 'Tasks that people left out',
      head: ['When', 'By', 'Why', 'Jobs', 'Tasks'],
      rows: report.leftOut.map(({ at, person, reason, jobs, taskIds }) => [
        utcText(at),
        person.name,
        reason,
        jobs.length === 0
          ? 'not kept by the bot of that time'
          : jobs.map(({ job, tasks }) => `${job} (${tasks})`).join(', '),
        taskIds.join(', '),
      ]),
    },
  ];
}

function times({ stretches }: Report): Part[] {
  if (stretches.length === 0) return [{ kind: 'text', text: 'No time has passed.' }];
  const totals = totalsOf(stretches);
  const kinds = (Object.keys(doingWords) as Doing[]).filter((doing) => totals[doing] > 0);
  return [
    { kind: 'timeline' },
    {
      kind: 'table',
      caption: 'In all',
      head: ['What', 'How long'],
      rows: kinds.map((doing) => [doingWords[doing], spanText(totals[doing])]),
    },
    bounded({
      caption: 'One after another',
      head: ['From', 'How long', 'What', 'Step, or people waited for'],
      rows: stretches.map(({ from, to, doing, what }) => [
        utcText(from),
        to - from < 1000 ? `${to - from} ms` : spanText(to - from),
        doingWords[doing],
        what,
      ]),
    }),
  ];
}

function decisions({ happened }: Report): Part[] {
  return [
    bounded({
      caption: 'Decisions, and what happened beside them',
      head: ['When', 'What'],
      rows: happened.map(({ at, text }) => [utcText(at), text]),
    }),
  ];
}

function troubles(report: Report): Part[] {
  if (report.troubles.length === 0) return [{ kind: 'text', text: 'Nothing went wrong.' }];
  return [
    bounded({
      caption: 'Troubles and their ends',
      head: ['When', 'What', 'Settled', 'By what'],
      rows: report.troubles.map(({ at, what, settled, settledAt }) => [
        utcText(at),
        what,
        settledAt === null ? 'not settled' : `after ${spanText(settledAt - at)}`,
        settled ?? '–',
      ]),
    }),
  ];
}

function said({ words }: Report): Part[] {
  if (words.length === 0) return [{ kind: 'text', text: 'Nothing was said in the thread.' }];
  return [{ kind: 'words', words }];
}

function record({ restoreId, record: { events, hash } }: Report): Part[] {
  return [
    {
      kind: 'text',
      text: `This report is written from the ${events} events of ${restoreId}, and holds them. “aurora-chatops record verify” on this file checks that they are whole and unchanged, and that this text matches them. All times are UTC, by the clock of the bot.`,
    },
    { kind: 'facts', rows: [['Record hash', hash]] },
  ];
}

function bounded(table: Omit<Extract<Part, { kind: 'table' }>, 'kind'>): Part {
  const more = table.rows.length - rowsMax;
  if (more <= 0) return { kind: 'table', ...table };
  const rest = table.head.map((_, index) => (index === 0 ? `and ${more} more, all in the record` : ''));
  return { kind: 'table', ...table, rows: [...table.rows.slice(0, rowsMax), rest] };
}
