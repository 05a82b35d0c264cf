/** The incident record: what the journal says, exported so that it can be verified without the bot. */

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { z } from 'zod';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { JournalUnreadable, readAsFar } from '../aurora/journal.ts';
import { escaped, escapedLines } from '../aurora/printable.ts';
import type { StoredForm } from '../aurora/stored-form.ts';
import { eventForm } from '../restore/record/events.ts';
import { chainHash } from '../store/journal.ts';
import { openSqliteStore } from '../store/store.ts';
import { readBotConfig } from './config.ts';
import { sentenceOf } from './record-sentence.ts';

const recordSchema = z.strictObject({
  restoreId: z.string(),
  seq: z.int().min(1),
  at: z.int(),
  event: z.looseObject({ type: z.string() }),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

/** `record show | export | verify`. */
export function registerRecord(program: Command): void {
  const record = program.command('record').description('the incident record of a restore');
  record
    .command('export')
    .description('print the record as one JSON object a line')
    .argument('<restore>', 'the name of the restore, such as R1')
    .requiredOption('--config <file>', "the bot's configuration (YAML)")
    .action(async (restoreId: string, options: { config: string }) => {
      const { records } = await readRecord(restoreId, { configPath: options.config, form: asStored });
      for (const entry of records) process.stdout.write(escapedLines(`${JSON.stringify(entry)}\n`));
    });
  record
    .command('show')
    .description('print the record for people')
    .argument('<restore>', 'the name of the restore, such as R1')
    .requiredOption('--config <file>', "the bot's configuration (YAML)")
    .action(async (restoreId: string, options: { config: string }) => {
      const asked = { configPath: options.config, form: eventForm };
      const { records, unreadable } = await readRecord(restoreId, asked);
      for (const { at, event } of records)
        process.stdout.write(`${new Date(at).toISOString()}  ${sentenceOf(event)}\n`);
      if (unreadable !== null) throw unreadable;
    });
  record
    .command('verify')
    .description('check that an exported record is whole and unchanged; needs nothing but the file')
    .argument('<file>', 'what `record export` printed')
    .action(async (file: string) => {
      const verdict = await verifyRecord(createReadStream(file));
      process.stdout.write(
        `${file}: ${verdict.events} events of ${escaped(verdict.restoreId)}, whole; record hash ${verdict.recordHash}\n`,
      );
      if (verdict.unreadable !== null)
        process.stdout.write(
          `This version does not know all that it says. ${escaped(verdict.unreadable.message)}\n`,
        );
    });
}

/** What is exported is what is stored, whatever this version knows of it. */
const asStored: StoredForm<unknown> = { version: Number.POSITIVE_INFINITY, parse: (stored) => stored };

async function readRecord<E>(
  restoreId: string,
  { configPath, form }: { configPath: string; form: StoredForm<E> },
) {
  const config = await readBotConfig(configPath);
  const store = await openSqliteStore(join(config.state, 'bot.sqlite'), form);
  try {
    const record = await readAsFar(store, { restoreId });
    if (record.records.length > 0 || record.unreadable !== null) return record;
    const known = (await store.listRestores({})).map((restore) => restore.restoreId);
    throw new AuroraError({
      code: 'unknown-restore',
      message: `There is no restore called ${restoreId}.`,
      hint: known.length === 0 ? 'This bot has had none yet.' : `Known: ${known.join(', ')}.`,
    });
  } finally {
    await store.close();
  }
}

/** Recomputes the chain; AuroraError `record-broken` names the first line that does not follow. */
export async function verifyRecord(lines: NodeJS.ReadableStream): Promise<{
  restoreId: string;
  events: number;
  recordHash: string;
  /** The first event that is as it was written, and that this version does not know. */
  unreadable: JournalUnreadable | null;
}> {
  let previous = '';
  let events = 0;
  let restoreId = '';
  let unreadable: JournalUnreadable | null = null;
  const broken = (why: string): AuroraError =>
    new AuroraError({
      code: 'record-broken',
      message: `Line ${events + 1} ${why}.`,
      hint: 'The file was changed or cut after it was exported. Export it again from the bot.',
    });
  for await (const line of createInterface({ input: lines, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    const parsed = recordSchema.safeParse(parseLine(line));
    if (!parsed.success) throw broken('is not a record');
    const { hash, ...record } = parsed.data;
    if (record.seq !== events + 1 || (events > 0 && record.restoreId !== restoreId))
      throw broken('does not follow the one before it');
    if (chainHash(previous, record) !== hash) throw broken('does not have the hash it should have');
    previous = hash;
    restoreId = record.restoreId;
    events += 1;
    unreadable ??= unreadableOf(record);
  }
  if (events === 0) throw broken('is missing: the file is empty');
  return { restoreId, events, recordHash: previous, unreadable };
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
