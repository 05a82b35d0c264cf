/** The incident record: what the journal says, exported so that it can be verified without the bot. */
import { type Command, Option } from 'commander';
import { AuroraError } from '../aurora/errors.ts';
import { readAsFar } from '../aurora/journal.ts';
import { escaped, escapedLines } from '../aurora/printable.ts';
import type { StoredForm } from '../aurora/stored-form.ts';
import { type RecordFormat, recordFile, recordFormats, recordLines } from '../report/formats.ts';
import { eventForm } from '../restore/record/events.ts';
import type { RemovedDocument } from '../store/documents.ts';
import type { StoreReader } from '../store/store.ts';
import { openBotReader, openBotStore, rekeyBotStore } from './bot-store.ts';
import { readBotConfig } from './config.ts';
import { compareAnchors, readAnchors } from './record-anchors.ts';
import { sentenceOf } from './record-sentence.ts';
import { verifyFile } from './verify-file.ts';

const restoreArgument = ['<restore>', 'the name of the restore, such as R1'] as const;
const configOption = ['--config <file>', "the bot's configuration (YAML)"] as const;

/** `record show | export | verify | rekey | begin-after`. What is broken is said, and ends with 1. */
export function registerRecord(program: Command): void {
  const record = program.command('record').description('the incident record of a restore');
  record
    .command('export')
    .description('print the record: one JSON object a line, or the report with the record in it')
    .argument(...restoreArgument)
    .requiredOption(...configOption)
    .addOption(
      new Option('--format <format>', 'jsonl: the record; md, html: the report for people, which holds it')
        .choices(recordFormats)
        .default('jsonl'),
    )
    .action(async (restoreId: string, options: { config: string; format: RecordFormat }) => {
      const asked = { configPath: options.config };
      if (options.format === 'jsonl') {
        const { records, unreadable } = await readRecord(restoreId, { ...asked, form: asStored });
        process.stdout.write(recordLines(records));
        if (unreadable !== null) throw unreadable;
        return;
      }
      const { records, unreadable } = await readRecord(restoreId, { ...asked, form: eventForm });
      // Half a report would pass for a whole one.
      if (unreadable !== null) throw unreadable;
      process.stdout.write(recordFile(records, options.format));
    });
  record
    .command('show')
    .description('print the record for people')
    .argument(...restoreArgument)
    .requiredOption(...configOption)
    .action(async (restoreId: string, options: { config: string }) => {
      const asked = { configPath: options.config, form: eventForm };
      const { records, unreadable, removed } = await readRecord(restoreId, asked);
      for (const { at, event } of records)
        process.stdout.write(`${new Date(at).toISOString()}  ${sentenceOf(event)}\n`);
      for (const { name, sha256, removedAt } of removed)
        process.stdout.write(
          escapedLines(
            `${new Date(removedAt).toISOString()}  The document "${name}" was removed by rule; its sha256 is ${sha256}.\n`,
          ),
        );
      if (unreadable !== null) throw unreadable;
    });
  record
    .command('verify')
    .description('check that a record is whole and unchanged, in the database or as it was exported')
    .argument('[record]', 'what `record export` printed; with --config a restore such as R1, or all of them')
    .option(...configOption)
    .option(
      '--against <logs...>',
      'audit logs of agents, or their state directories: what they have seen of it',
    )
    .action(async (named: string | undefined, options: { config?: string; against?: string[] }) => {
      const found =
        options.config === undefined
          ? await verifyExported(named)
          : await verifyStored(options.config, named);
      const problems = [...found.problems];
      if (options.against !== undefined) problems.push(...(await compareWith(options.against, found)));
      for (const problem of problems) process.stderr.write(`${escapedLines(problem)}\n`);
      if (problems.length > 0) process.exitCode = 1;
    });
  registerForLost(record);
}

/** What a person does after a lost key, or a lost database. */
function registerForLost(record: Command): void {
  record
    .command('rekey')
    .description('after the grant key was changed, with the bot stopped: key the database with the new one')
    .requiredOption(...configOption)
    .requiredOption('--from <file>', 'the grant key that the bot had before')
    .action(async (options: { config: string; from: string }) => {
      const config = await readBotConfig(options.config);
      const keyed = await rekeyBotStore(config, options.from);
      process.stdout.write(`${keyed} is keyed with ${config.grantKey} now.\n`);
    });
  record
    .command('begin-after')
    .description('after a lost database, with the bot stopped: skip the names that agents already know')
    .argument('<restore>', 'the newest that agents have worked for, such as R40')
    .requiredOption(...configOption)
    .action(async (restoreId: string, options: { config: string }) => {
      const number = Number(/^R([1-9]\d{0,5})$/.exec(restoreId)?.[1] ?? 0);
      if (number === 0)
        throw new AuroraError({
          code: 'unknown-restore',
          message: `${restoreId} is not the name of a restore.`,
          hint: 'Names are R1, R2 and so on; step 1 of a restore says which one the agents have worked for.',
        });
      const store = await openBotStore(await readBotConfig(options.config), { alone: true });
      try {
        await store.passNames(number);
      } finally {
        await store.close();
      }
      process.stdout.write(`The next restore is R${number + 1}, or a later one.\n`);
    });
}

/** What is exported is what is stored, whatever this version knows of it. */
const asStored: StoredForm<unknown> = { version: Number.POSITIVE_INFINITY, parse: (stored) => stored };

async function readRecord<E>(
  restoreId: string,
  { configPath, form }: { configPath: string; form: StoredForm<E> },
) {
  const store = await openBotReader(await readBotConfig(configPath), form);
  try {
    const record = await readAsFar<E>(store, { restoreId });
    if (record.records.length === 0 && record.unreadable === null)
      throw await unknownRestore(store, restoreId);
    const note = await keyNote(store, restoreId);
    if (note !== '') process.stderr.write(`${note}\n`);
    return { ...record, removed: await store.listRemoved(restoreId) };
  } finally {
    await store.close();
  }
}

async function unknownRestore(store: StoreReader<unknown>, restoreId: string): Promise<AuroraError> {
  const known = (await store.listRestores({})).map((restore) => restore.restoreId);
  return new AuroraError({
    code: 'unknown-restore',
    message: `There is no restore called ${restoreId}.`,
    hint: known.length === 0 ? 'This bot has had none yet.' : `Known: ${known.join(', ')}.`,
  });
}

/** What nobody can vouch for; empty when there is no such thing. */
async function keyNote(store: StoreReader<unknown>, restoreId: string): Promise<string> {
  if (!store.keyed)
    return 'Not keyed: no bot of this version has been started on this database. Its hashes alone were followed, and anybody could have written those.';
  const keyedFrom = await store.keyedFrom(restoreId);
  return keyedFrom > 1
    ? `Not keyed before event ${keyedFrom}: until then the bot was of a version that had no key, and hashes alone were followed.`
    : '';
}

function removedNote({ name, sha256, removedAt }: RemovedDocument): string {
  const day = new Date(removedAt).toISOString().slice(0, 10);
  return `The document "${escaped(name)}" (sha256 ${sha256}) was removed by rule on ${day}.`;
}

interface Verified {
  readonly records: readonly { readonly restoreId: string; readonly hashes: readonly string[] }[];
  readonly problems: readonly string[];
  /** It is everything that the bot has; otherwise what agents have seen of others is not asked. */
  readonly all: boolean;
}

async function verifyExported(file: string | undefined): Promise<Verified> {
  if (file === undefined)
    throw new AuroraError({
      code: 'nothing-to-verify',
      message: 'Which record?',
      hint: 'Name a file that `record export` printed, or give --config.',
    });
  const { verdict, problems } = await verifyFile(file);
  process.stdout.write(
    `${file}: ${verdict.events} events of ${escaped(verdict.restoreId)}, whole; record hash ${verdict.recordHash}\n`,
  );
  if (verdict.unreadable !== null)
    process.stdout.write(
      `This version does not know all that it says. ${escaped(verdict.unreadable.message)}\n`,
    );
  return { records: [verdict], problems, all: false };
}

/** In the database, by the key: one restore or all. */
async function verifyStored(configPath: string, named: string | undefined): Promise<Verified> {
  const store = await openBotReader(await readBotConfig(configPath), asStored);
  try {
    const known = (await store.listRestores({})).map(({ restoreId }) => restoreId);
    if (named !== undefined && !known.includes(named)) throw await unknownRestore(store, named);
    const records: Verified['records'][number][] = [];
    const problems: string[] = [];
    for (const restoreId of named === undefined ? known : [named]) {
      const { records: events, unreadable } = await readAsFar(store, { restoreId });
      records.push({ restoreId, hashes: events.map(({ hash }) => hash) });
      if (unreadable !== null) problems.push(unreadable.message);
      else {
        const notes = [
          await keyNote(store, restoreId),
          ...(await store.listRemoved(restoreId)).map(removedNote),
        ];
        process.stdout.write(
          `${restoreId}: ${events.length} events, whole; record hash ${events.at(-1)?.hash ?? ''}. ${notes.join(' ').trim()}\n`,
        );
      }
    }
    return { records, problems, all: named === undefined };
  } finally {
    await store.close();
  }
}

async function compareWith(logs: readonly string[], { records, all }: Verified): Promise<readonly string[]> {
  const { anchors, problems } = await readAnchors(logs);
  const known = new Set(records.map(({ restoreId }) => restoreId));
  const about = anchors.filter(({ restoreId }) => known.has(restoreId));
  const lost = new Set(anchors.map(({ restoreId }) => restoreId)).difference(known);
  const found = [
    ...problems,
    ...records.flatMap((record) => compareAnchors(record, about)),
    ...(all ? [...lost].map((id) => `Agents have worked for ${id}, and this bot does not know it.`) : []),
    ...(about.length === 0 ? ['These logs say nothing about it: nothing was compared.'] : []),
  ];
  if (found.length === 0)
    process.stdout.write(`As ${about.length} grants in ${logs.length} log(s) of agents have it.\n`);
  return found;
}
