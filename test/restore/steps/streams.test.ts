/**
 * What agents stream: the tasks of a backup, and its bytes on their way to another host. A stream that breaks is begun
 * again, by whichever step it is, for as long as an agent is waited for anywhere else.
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { Procedure } from '../../../src/aurora/cluster.ts';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import type { StreamFault } from '../support/pretend-agent.ts';
import { approving, openEngine, type People, type PretendEngine } from '../support/pretend-engine.ts';
import { backupTasks, east } from '../support/pretend-scene.ts';
import { bo } from '../support/story.ts';
import { meddleWithStream, streamReads } from '../support/streams.ts';

const engines: PretendEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

async function open(procedure: Procedure): Promise<PretendEngine> {
  const engine = await openEngine([{ ...east, procedure }]);
  engines.push(engine);
  return engine;
}

async function play(engine: PretendEngine, people: People): Promise<RestoreState> {
  await engine.propose();
  await engine.startWorker();
  return await engine.until('the end', (seen) => seen.ended !== null || seen.stuck !== null, people);
}

/** Everybody does their part, and bo leaves one task out first. */
const leavingOut: People = (service, state) => {
  const gate = state.gates.commit;
  if (gate?.status !== 'open' || state.edits.length > 0) return approving(service, state);
  return service.take('leave-out', {
    restoreId: 'R1',
    digest: gate.digest,
    userId: bo.userId,
    jobs: [],
    taskIds: [backupTasks[0]?.taskId ?? ''],
    reason: 'stopped on purpose',
  });
};

const ways: readonly { way: string; fault: StreamFault }[] = [
  { way: 'no connection', fault: { passes: 0, silent: false } },
  { way: 'cut in the middle', fault: { passes: 1, silent: false } },
  { way: 'silent in the middle', fault: { passes: 1, silent: true } },
];

describe.each(streamReads)('$procedure, $step, $stream ($nth)', ({ procedure, ...read }) => {
  const people = read.step === 'summarise-staged' ? leavingOut : approving;

  it.each(ways)('is read again from its beginning: $way', async ({ fault }) => {
    const engine = await open(procedure);
    let broken = 0;
    meddleWithStream(engine, read, () => {
      broken += 1;
      return broken === 1 ? fault : null;
    });

    const state = await play(engine, people);

    expect(broken).toBeGreaterThan(1);
    expect((await engine.events()).filter(({ type }) => type === 'step-failed')).toEqual([]);
    expect(state.ended?.outcome).toBe('completed');
  });

  it.each(ways)(
    'is named when it stays away for as long as an agent is waited for: $way',
    async ({ fault }) => {
      const engine = await open(procedure);
      let firstAt: number | null = null;
      meddleWithStream(engine, read, () => {
        firstAt ??= engine.clock.now();
        return fault;
      });

      await play(engine, people);

      const failed = (await engine.events()).find((event) => event.type === 'step-failed');
      expect(failed).toMatchObject({ step: read.step, code: 'agent-unreachable' });
      expect(engine.clock.now() - (firstAt ?? 0)).toBeGreaterThanOrEqual(east.waits.agentDeadlineMs);
    },
  );
});

describe('the patience with a stream', () => {
  const read = { step: 'preview', stream: 'tasks', nth: 1 } as const;

  it('counts from the last time that it came further than before', async () => {
    const engine = await open('staged');
    let further = 0;
    let firstAt: number | null = null;
    let furtherAt = 0;
    meddleWithStream(engine, read, () => {
      const now = engine.clock.now();
      firstAt ??= now;
      if (now - furtherAt < 20_000) return { passes: 0, silent: false };
      furtherAt = now;
      further += 1;
      return further < backupTasks.length ? { passes: further, silent: false } : null;
    });

    const state = await play(engine, approving);

    expect(furtherAt - (firstAt ?? 0)).toBeGreaterThan(east.waits.agentDeadlineMs);
    expect(state.ended?.outcome).toBe('completed');
  });

  it('is not made longer by a stream that always breaks at the same place', async () => {
    const engine = await open('staged');
    let firstAt: number | null = null;
    meddleWithStream(engine, read, () => {
      firstAt ??= engine.clock.now();
      return { passes: 2, silent: false };
    });

    await play(engine, approving);

    const { agentDeadlineMs, pollMs } = east.waits;
    expect((await engine.events()).some(({ type }) => type === 'step-failed')).toBe(true);
    expect(engine.clock.now() - (firstAt ?? 0)).toBeLessThan(agentDeadlineMs + 2 * pollMs);
  });
});
