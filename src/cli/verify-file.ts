/** Whether a file that `record export` or the bot has made is whole: the record, or a report with the record in it. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { AuroraError } from '../aurora/errors.ts';
import type { Recorded } from '../aurora/journal.ts';
import { takeApart } from '../report/embedded.ts';
import { reportForms } from '../report/formats.ts';
import { reportOf } from '../report/report.ts';
import { eventForm, type RestoreEvent } from '../restore/record/events.ts';
import { type RecordVerdict, verifyRecord } from './verify-record.ts';

/** `problems`: what is wrong with the words of a report whose record is whole. AuroraError `record-broken` as `verifyRecord`. */
export async function verifyFile(
  file: string,
): Promise<{ verdict: RecordVerdict; problems: readonly string[] }> {
  if (!(await isReport(file))) return { verdict: await verifyRecord(createReadStream(file)), problems: [] };
  const parts = takeApart(await readFile(file, 'utf8'));
  if (parts === null)
    throw new AuroraError({
      code: 'record-broken',
      message: `There is no record in ${file}.`,
      hint: 'The file was changed or cut after it was exported, or a program left out its comments. Export it again from the bot.',
    });
  const verdict = await verifyRecord(Readable.from([parts.record]));
  if (verdict.unreadable !== null)
    return { verdict, problems: ['Its words were not compared with its record.'] };
  const report = reportOf(readRecords(parts.record));
  const isWorded = Object.values(reportForms).some((render) => render(report) === parts.report);
  return { verdict, problems: isWorded ? [] : [otherWords] };
}

const otherWords =
  'The record in it is whole, and its words are not those that this version writes for that record: they were changed, or another version has written them. Export it again from the bot.';

/** A record begins with a bracket, and no report does. */
async function isReport(file: string): Promise<boolean> {
  for await (const bytes of createReadStream(file, { start: 0, end: 63 }))
    return /^\s*[<#]/.test(String(bytes));
  return false;
}

function readRecords(text: string): Recorded<RestoreEvent>[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const record = JSON.parse(line) as Recorded<unknown>;
      return { ...record, event: eventForm.parse(record.event) };
    });
}
