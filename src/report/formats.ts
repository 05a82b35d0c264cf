/** The forms in which a record leaves the bot. */

import type { Recorded } from '../aurora/journal.ts';
import { escapedLines } from '../aurora/printable.ts';
import type { RestoreEvent } from '../restore/record/events.ts';
import { withRecord } from './embedded.ts';
import { htmlReport } from './html.ts';
import { markdownReport } from './markdown.ts';
import { type Report, reportOf } from './report.ts';

export const recordFormats = ['jsonl', 'md', 'html'] as const;
export type RecordFormat = (typeof recordFormats)[number];

/** Every form that is for people, without the record in it. */
export const reportForms: Readonly<Record<Exclude<RecordFormat, 'jsonl'>, (report: Report) => string>> = {
  md: markdownReport,
  html: htmlReport,
};

/** One line an event, as `record verify` reads it; nothing in it reaches a terminal as a control character. */
export function recordLines(records: readonly Recorded<unknown>[]): string {
  return records.map((record) => escapedLines(`${JSON.stringify(record)}\n`)).join('');
}

/** The whole file. Throws as `reportOf` does. */
export function recordFile(records: readonly Recorded<RestoreEvent>[], format: RecordFormat): string {
  const lines = recordLines(records);
  return format === 'jsonl' ? lines : withRecord(reportForms[format](reportOf(records)), lines);
}
