/** The text of a file that goes into the thread. */
import { AuroraError } from '../aurora/errors.ts';
import { type Documents, type Journal, readAsFar } from '../aurora/journal.ts';
import { recordFile, recordFormats } from '../report/formats.ts';
import { readBlastRadius } from '../restore/looks/blast.ts';
import type { RestoreEvent } from '../restore/record/events.ts';
import { type Attached, leftOutDocument, recordDocuments, whyEndedDocument } from './messages/replies.ts';
import { leftOutFile, taskListFile } from './messages/task-list.ts';
import { whyEndedFile } from './messages/why-ended.ts';

/** The record and its reports are of the journal up to the event that attached them, as `record verify` reads them. */
export async function readAttachment(
  deps: {
    readonly journal: Pick<Journal<RestoreEvent>, 'read'>;
    readonly documents: Pick<Documents, 'load'>;
  },
  restoreId: string,
  file: Attached,
): Promise<string | AuroraError> {
  const upTo = Number(file.name.split('.')[0]);
  const readUpTo = async () =>
    (await readAsFar(deps.journal, { restoreId })).records.filter((record) => record.seq <= upTo);
  if (file.document === leftOutDocument) return leftOutFile(await readUpTo());
  if (file.document === whyEndedDocument) {
    const last = (await readUpTo()).at(-1)?.event;
    return whyEndedFile(last?.type === 'restore-ended' ? last.message : '');
  }
  const format = recordFormats.find((each) => recordDocuments[each] === file.document);
  if (format !== undefined) return recordFile(await readUpTo(), format);
  const tasks = readBlastRadius({ restoreId, deps }, file.document);
  return await taskListFile(tasks).catch(knownFailure);
}

/** How its name ends. */
export function endingOf({ document }: Attached): string {
  return recordFormats.find((format) => recordDocuments[format] === document) ?? 'txt';
}

function knownFailure(error: unknown): AuroraError {
  if (error instanceof AuroraError) return error;
  throw error;
}
