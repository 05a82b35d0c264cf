/**
 * The stories of `drill --auto`, each once, in the real world: the thread as it grew equals a checked-in file, and
 * the result says what scripts rely on. `npm test -- test/drill/golden.test.ts -u` rewrites the files.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openBotReader } from '../../src/cli/bot-store.ts';
import { verifyRecord } from '../../src/cli/verify-record.ts';
import { playAuto } from '../../src/drill/auto/play.ts';
import { beginsWithLostLogs, type StoryName } from '../../src/drill/auto/stories.ts';
import { formatLine } from '../../src/drill/auto/transcript.ts';
import { incidentChannel } from '../../src/drill/world/cast.ts';
import type { DrillWorld } from '../../src/drill/world/world.ts';
import { eventForm } from '../../src/restore/record/events.ts';
import { withDrill } from './support/drill.ts';
import { normaliseTranscript } from './support/normalise-transcript.ts';

const counts = z.strictObject({ killed: z.int(), rescheduled: z.int(), kept: z.int() });
/** What `drill --auto --json` prints as its last line: no field more, none less. */
const resultSchema = z.strictObject({
  outcome: z.string(),
  restoreId: z.string(),
  cluster: z.string(),
  backup: z.string().regex(/^scheduler-backup-\d{4}(-\d\d){4}$/),
  gates: z.array(z.strictObject({ name: z.string(), signedBy: z.array(z.string()) })),
  steps: z
    .array(z.strictObject({ name: z.string(), hosts: z.array(z.string()), ms: z.int().nonnegative() }))
    .min(20),
  predicted: counts,
  observed: counts.nullable(),
  undone: z.strictObject({ files: z.boolean(), tasks: z.boolean(), flags: z.boolean() }).optional(),
  operations: z.strictObject({
    requested: z.int(),
    executed: z.int(),
    repeated: z.int(),
    lost: z.int(),
  }),
  recordHash: z.string().regex(/^[0-9a-f]{64}$/),
});

type AutoResult = Awaited<ReturnType<typeof playAuto>>['result'];

interface Played {
  readonly transcript: string;
  readonly result: AutoResult;
  readonly problems: readonly string[];
  readonly verified: Awaited<ReturnType<typeof verifyRecord>>;
  /** Which logs lie aside on which host. */
  readonly leftAside: readonly string[];
}

async function play(story: StoryName): Promise<Played> {
  const use = async (world: DrillWorld): Promise<Played> => {
    const lines: string[] = [];
    const { result, problems } = await playAuto(world, { story, print: (line) => lines.push(line) });
    const card = formatLine({ place: 'channel', to: null, text: await readCard(world) });
    const transcript = [...withoutRepeats(lines), '', 'The card at the end:', card]
      .map(normaliseTranscript)
      .join('\n');
    const verified = await verify(world, result);
    return { transcript: `${transcript}\n`, result, problems, verified, leftAside: listAside(world) };
  };
  return await withDrill(use, { lostLogs: beginsWithLostLogs(story) });
}

/**
 * On a slow machine the people of a story ask again what was not answered soon; the answers are the same. What is
 * answered of another restore is none of these.
 */
function withoutRepeats(lines: readonly string[]): string[] {
  const told = new Set<string>();
  return lines.filter((line) => {
    if (line.startsWith('#')) told.clear();
    const isRepeat = line.startsWith('  (only') && told.has(line);
    told.add(line);
    return !isRepeat;
  });
}

/** The card of the newest restore. */
async function readCard(world: DrillWorld): Promise<string> {
  const messages = z.object({ messages: z.array(z.looseObject({ plain: z.string() })) });
  const response = await fetch(`${world.slack.url}/control/channels/${incidentChannel.id}/messages`);
  const posted = messages.parse(await response.json()).messages;
  return posted.findLast(({ plain }) => plain.startsWith('Restore of'))?.plain ?? '';
}

function listAside({ hosts }: DrillWorld): string[] {
  return hosts.flatMap(({ name, paths }) =>
    ['R1', 'R2'].filter((id) => existsSync(`${paths.log}.set-aside-${id}`)).map((id) => `${name}: ${id}`),
  );
}

/** As `record export` and `record verify` would, from what the bot left on disk. */
async function verify(world: DrillWorld, result: AutoResult): Promise<Played['verified']> {
  const bot = join(world.directory, 'bot');
  const store = await openBotReader(
    { state: join(bot, 'state'), grantKey: join(bot, 'grant.pem') },
    eventForm,
  );
  try {
    const records = await store.read(result.restoreId);
    return await verifyRecord(Readable.from(records.map((record) => `${JSON.stringify(record)}\n`)));
  } finally {
    await store.close();
  }
}

const hosts = ['aurora-1', 'aurora-2', 'aurora-3'];
/** `atLeast`: fewer operations than so many are no whole restore. */
const nothingRepeatedOrLost = (result: AutoResult, atLeast = 40) => {
  const { requested, executed, repeated, lost } = result.operations;
  return { repeated, lost, allExecuted: requested > atLeast && executed === requested };
};

describe('drill --auto', { timeout: 240_000 }, () => {
  it('restores: as in the golden file, observed as predicted, nothing repeated or lost', async () => {
    const { transcript, result, problems, verified } = await play('restore');

    expect(problems).toEqual([]);
    expect(resultSchema.parse(result)).toMatchObject({
      outcome: 'completed',
      restoreId: 'R1',
      cluster: 'east',
      gates: [
        { name: 'stop', signedBy: ['bo'] },
        { name: 'commit', signedBy: ['bo', 'cy'] },
      ],
      predicted: { killed: 3, rescheduled: 4, kept: 5 },
    });
    expect(result.observed).toEqual(result.predicted);
    expect(result).not.toHaveProperty('undone');
    expect(result.steps.find((step) => step.name === 'stop-schedulers')?.hosts).toEqual(hosts);
    expect(nothingRepeatedOrLost(result)).toEqual({ repeated: 0, lost: 0, allExecuted: true });
    expect(verified.recordHash).toBe(result.recordHash);
    await expect(transcript).toMatchFileSnapshot('golden/restore.txt');
  });

  it('goes back after the commit: everything is as before', async () => {
    const { transcript, result, problems, verified } = await play('go-back');

    expect(problems).toEqual([]);
    expect(resultSchema.parse(result)).toMatchObject({
      outcome: 'undone',
      gates: [
        { name: 'stop', signedBy: ['bo'] },
        { name: 'commit', signedBy: ['bo', 'cy'] },
        { name: 'go-back', signedBy: ['bo', 'cy'] },
      ],
      predicted: { killed: 3, rescheduled: 4, kept: 5 },
      observed: null,
      undone: { files: true, tasks: true, flags: true },
    });
    expect(nothingRepeatedOrLost(result)).toEqual({ repeated: 0, lost: 0, allExecuted: true });
    expect(verified.recordHash).toBe(result.recordHash);
    await expect(transcript).toMatchFileSnapshot('golden/go-back.txt');
  });

  it('aborts after staging: everything is as before', async () => {
    const { transcript, result, problems, verified } = await play('abort');

    expect(problems).toEqual([]);
    expect(resultSchema.parse(result)).toMatchObject({
      outcome: 'undone',
      gates: [
        { name: 'stop', signedBy: ['bo'] },
        { name: 'commit', signedBy: [] },
      ],
      observed: null,
      undone: { files: true, tasks: true, flags: true },
    });
    expect(nothingRepeatedOrLost(result)).toEqual({ repeated: 0, lost: 0, allExecuted: true });
    expect(verified.recordHash).toBe(result.recordHash);
    await expect(transcript).toMatchFileSnapshot('golden/abort.txt');
  });

  it('brings the old log back after the reconciliation, as a restore of its own', async () => {
    const { transcript, result, problems, verified, leftAside } = await play('old-log');

    expect(problems).toEqual([]);
    expect(resultSchema.parse(result)).toMatchObject({
      outcome: 'completed',
      restoreId: 'R2',
      gates: [
        { name: 'stop', signedBy: ['bo'] },
        { name: 'commit', signedBy: ['bo', 'cy'] },
      ],
      predicted: { killed: 4, rescheduled: 4, kept: 5 },
    });
    expect(result.observed).toEqual(result.predicted);
    expect(result).not.toHaveProperty('undone');
    expect(leftAside).toEqual(hosts.flatMap((host) => [`${host}: R1`, `${host}: R2`]));
    expect(nothingRepeatedOrLost(result, 36)).toEqual({ repeated: 0, lost: 0, allExecuted: true });
    expect(verified.recordHash).toBe(result.recordHash);
    await expect(transcript).toMatchFileSnapshot('golden/old-log.txt');
  });
});
