/** Whether an exported record is whole; needs nothing but the file. */
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { JournalUnreadable } from '../aurora/journal.ts';
import { eventForm } from '../restore/record/events.ts';
import { chainHash } from '../store/chain-hash.ts';

const recordSchema = z.strictObject({
  restoreId: z.string(),
  seq: z.int().min(1),
  at: z.int(),
  event: z.looseObject({ type: z.string() }),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

export interface RecordVerdict {
  readonly restoreId: string;
  readonly events: number;
  readonly recordHash: string;
  /** Of each event, in order. */
  readonly hashes: readonly string[];
  /** The first event that is as it was written, and that this version does not know. */
  readonly unreadable: JournalUnreadable | null;
}

/** Recomputes the chain; AuroraError `record-broken` names the first line that does not follow. */
export async function verifyRecord(lines: NodeJS.ReadableStream): Promise<RecordVerdict> {
  const hashes: string[] = [];
  let previous = '';
  let restoreId = '';
  let unreadable: JournalUnreadable | null = null;
  const broken = (why: string): AuroraError =>
    new AuroraError({
      code: 'record-broken',
      message: `Line ${hashes.length + 1} ${why}.`,
      hint: 'The file was changed or cut after it was exported. Export it again from the bot.',
    });
  for await (const line of createInterface({ input: lines, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    const parsed = recordSchema.safeParse(parseLine(line));
    if (!parsed.success) throw broken('is not a record');
    const { hash, ...record } = parsed.data;
    if (record.seq !== hashes.length + 1 || (hashes.length > 0 && record.restoreId !== restoreId))
      throw broken('does not follow the one before it');
    if (chainHash(previous, record) !== hash) throw broken('does not have the hash it should have');
    previous = hash;
    restoreId = record.restoreId;
    hashes.push(hash);
    unreadable ??= unreadableOf(record);
  }
  if (hashes.length === 0) throw broken('is missing: the file is empty');
  return { restoreId, events: hashes.length, recordHash: previous, hashes, unreadable };
}

function unreadableOf(record: { restoreId: string; seq: number; event: unknown }): JournalUnreadable | null {
  try {
    eventForm.parse(record.event);
    return null;
  } catch (error) {
    return new JournalUnreadable({ ...record, why: messageOf(error) });
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (error) {
    return messageOf(error);
  }
}
