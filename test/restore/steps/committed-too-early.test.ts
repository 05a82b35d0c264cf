/**
 * `restore-committed-too-early` is a recording of a real cluster where staging and commit were sent as soon as one
 * scheduler was elected: its storage was not READY, the commit was refused, and going on made an empty cluster under a
 * new framework id. Here hosts say what was recorded, and our bot neither stages nor commits nor lets anything register.
 */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { SchedulerAnswer } from '../../../src/aurora/operations.ts';
import { approving, openEngine, type PretendEngine } from '../support/pretend-engine.ts';
import { frameworkId } from '../support/pretend-scene.ts';
import type { RecordedMoment } from '../support/recorded-moment.ts';

const reply = z.object({ responseCode: z.string(), details: z.array(z.string()) });
const momentSchema = z.object({
  what: z.string(),
  zookeeper: z.object({ '/aurora/prod/scheduler': z.record(z.string(), z.string()) }),
  hosts: z.record(
    z.string(),
    z.object({ leaderhealth: z.number(), vars: z.record(z.string(), z.string()), apiWithBypass: reply }),
  ),
});
const commitSchema = z.object({ what: z.literal('commitRecovery'), reply, ms: z.number() });
const timeline = z
  .array(z.unknown())
  .parse(
    JSON.parse(
      readFileSync(
        new URL('../../fixtures/restore-committed-too-early/timeline.json', import.meta.url),
        'utf8',
      ),
    ),
  );

/** The recording's `host2`, which is 127.0.0.22, is `aurora-2` here. */
function momentOf(what: string): RecordedMoment {
  const found = timeline.flatMap((entry) => momentSchema.safeParse(entry).data ?? []);
  const moment = found.find((entry) => entry.what === what);
  if (moment === undefined) throw new Error(`the recording has no moment "${what}"`);
  const nameOf = (host: string): string => `aurora-${host.at(-1) ?? ''}`;
  return {
    hosts: new Map(
      Object.entries(moment.hosts).map(([host, { leaderhealth, vars, apiWithBypass }]) => [
        nameOf(host),
        {
          leaderHealth: leaderhealth,
          vars: Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, Number(value)])),
          storageReady: apiWithBypass.responseCode === 'OK',
        },
      ]),
    ),
    candidates: Object.entries(moment.zookeeper['/aurora/prod/scheduler']).map(([node, address]) => ({
      node,
      sequence: Number(node.slice(-10)),
      host: nameOf(address),
    })),
  };
}

function commitAnswer(): SchedulerAnswer {
  const [commit] = timeline.flatMap((entry) => commitSchema.safeParse(entry).data ?? []);
  if (commit === undefined) throw new Error('the recording has no commit');
  const notReady = commit.reply.responseCode === 'ERROR_TRANSIENT';
  return { answer: notReady ? 'not-ready' : 'error', messages: commit.reply.details, ms: commit.ms };
}

const engines: PretendEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

async function beginUntilStarted(): Promise<PretendEngine> {
  const engine = await openEngine();
  engines.push(engine);
  await engine.propose();
  await engine.startWorker();
  await engine.until('the start', (state) => state.facts['start-schedulers'] !== undefined, approving);
  return engine;
}

const calls = (engine: PretendEngine) =>
  engine.effects
    .map((effect) => effect.kind)
    .filter((kind) => kind === 'stage-backup' || kind === 'commit-recovery');

describe('one is elected and its storage is not READY', () => {
  it.each([
    'recovery mode, log initialised, one elected',
    'started in recovery mode, log NOT initialised (45 s)',
  ])('as in "%s": nothing is staged, committed or registered, and a person is told', async (what) => {
    const engine = await beginUntilStarted();
    engine.cluster.recorded = momentOf(what);

    const state = await engine.until('a problem', (seen) => seen.stuck !== null, approving);

    expect(state.stuck).toMatchObject({
      step: 'find-elected',
      code: 'waited-too-long',
      message: expect.stringMatching(
        /^Gave up waiting for the elected scheduler's storage after 6\d s\.$/,
      ) as string,
      hint: expect.stringContaining(
        'Replicated log has not been initialized" in the log of aurora-3',
      ) as string,
    });
    expect(calls(engine)).toEqual([]);
    expect([...engine.cluster.frameworks]).toEqual([frameworkId]);
  });

  it('and becomes READY later: only then the backup is staged, and the commit takes', async () => {
    const engine = await beginUntilStarted();
    engine.cluster.recorded = momentOf('recovery mode, log initialised, one elected');
    const readyAt = engine.clock.now() + 20_000;
    await engine.until('20 s', () => engine.clock.now() >= readyAt, approving);
    const before = calls(engine);
    engine.cluster.recorded = null;

    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    expect(before).toEqual([]);
    expect(state.facts['find-elected']?.readyAfterMs).toBeGreaterThanOrEqual(20_000);
    expect(state.facts.commit?.answer).toBe('ok');
    expect(state.ended?.outcome).toBe('completed');
    expect([...engine.cluster.frameworks]).toEqual([frameworkId]);
  });
});

describe('the storage is not READY any more when the commit is due', () => {
  it('so it is not sent', async () => {
    const engine = await beginUntilStarted();
    await engine.until('the commit gate', (state) => state.gates.commit?.status === 'open', approving);
    const { host } = engine.cluster.look();
    const moment = momentOf('recovery mode, log initialised, one elected');
    const asRecorded = moment.hosts.get('aurora-3');
    const standby = moment.hosts.get('aurora-2');
    if (host === null || asRecorded === undefined || standby === undefined)
      throw new Error('nobody is elected');
    // The recording's elected host is the one that is elected here.
    engine.cluster.recorded = {
      hosts: new Map(engine.cluster.hosts.map(({ name }) => [name, name === host ? asRecorded : standby])),
      candidates: [{ node: '_c_0', sequence: 0, host }],
    };

    const state = await engine.until('a problem', (seen) => seen.stuck !== null, approving);

    expect(state.stuck).toMatchObject({
      step: 'commit',
      hint: expect.stringContaining('Nothing was committed') as string,
    });
    expect(calls(engine)).toEqual(['stage-backup']);
    expect([...engine.cluster.frameworks]).toEqual([frameworkId]);
  });

  it('and the recorded answer comes back: it is reported as not sent, and nothing registers', async () => {
    const engine = await beginUntilStarted();
    engine.meddling.with = async (request, perform) => {
      const { operationId, kind } = request;
      if (kind !== 'commit-recovery') return await perform();
      return { operationId, kind, state: 'done', changed: false, evidence: commitAnswer(), finishedAt: 0 };
    };

    const state = await engine.until('a problem', (seen) => seen.stuck !== null, approving);
    const later = engine.clock.now() + 600_000;
    await engine.until('ten minutes', () => engine.clock.now() >= later, approving);

    expect(state.stuck).toMatchObject({
      step: 'commit',
      code: 'commit-not-sent',
      message: expect.stringContaining(
        'refused the commit before doing anything, 3 times: Storage is not READY',
      ) as string,
    });
    expect(engine.cluster.connected).toBeNull();
    expect([...engine.cluster.frameworks]).toEqual([frameworkId]);
  });
});
