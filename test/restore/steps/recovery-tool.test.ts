/** The off-line procedure over a pretend cluster: the order of starts, failed runs, crashes, and the ways out. */
import { afterEach, describe, expect, it } from 'vitest';
import { recoveryTool } from '../../../src/restore/procedures/recovery-tool.ts';
import { blankVoters, failingTool, proposeOffLine } from '../support/off-line.ts';
import { dee } from '../support/office.ts';
import type { Meddler } from '../support/pretend-agent.ts';
import {
  approving,
  Mortality,
  openEngine,
  type People,
  type PretendEngine,
} from '../support/pretend-engine.ts';
import { predicted } from '../support/pretend-scene.ts';
import { bo, cy } from '../support/story.ts';

const engines: PretendEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

async function begin(): Promise<PretendEngine> {
  const engine = await openEngine();
  engines.push(engine);
  await proposeOffLine(engine);
  return engine;
}

const kindsOf = (engine: PretendEngine, kind: string) =>
  engine.effects.filter((effect) => effect.kind === kind);

describe('a restore with the recovery tool', () => {
  it('goes through its plan in order, ends completed, and kills and starts what was predicted', async () => {
    const engine = await begin();
    await engine.startWorker();

    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    expect(state.ended).toMatchObject({ outcome: 'completed' });
    expect(state.done).toEqual(recoveryTool.plan);
    expect(state.facts.soak).toMatchObject({ observed: predicted, asPredicted: true });
    expect(state.facts.report?.notAsBefore).toEqual([]);
    expect(kindsOf(engine, 'commit-recovery')).toEqual([]);
    expect(engine.mistakes).toEqual([]);
  });

  it('starts the refilled host first, then one less than a quorum, and the rest only when the tasks were read back', async () => {
    const engine = await begin();
    await engine.startWorker();

    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    const starts = kindsOf(engine, 'start-scheduler').map((effect) => [
      effect.operationId.split('.')[2],
      effect.host,
    ]);
    expect(starts.slice(0, 3)).toEqual([
      ['start-quorum', 'aurora-2'],
      ['start-quorum', 'aurora-1'],
      ['start-remaining', 'aurora-3'],
    ]);
    expect(state.facts['initialize-quorum']).toMatchObject({ empty: ['aurora-3'] });
    expect(kindsOf(engine, 'initialize-log').map((effect) => effect.host)).toEqual(['aurora-1', 'aurora-2']);
  });

  it('never has as many blank voters as a quorum, whoever starts whatever', async () => {
    const engine = await begin();
    const most: number[] = [];
    engine.meddling.with = async (_request, perform) => {
      const result = await perform();
      most.push(blankVoters(engine.cluster).length);
      return result;
    };
    await engine.startWorker();
    await engine.until('the end', (seen) => seen.ended !== null, approving);

    for (const host of engine.cluster.hosts) engine.cluster.stop(host);
    for (const host of engine.cluster.hosts) if (host.name !== 'aurora-2') engine.cluster.start(host);

    expect(Math.max(...most)).toBe(1);
    expect(blankVoters(engine.cluster)).toEqual(['aurora-1']);
  });

  it('runs the tool with two signers, only after the commit was ordered, on an empty log group', async () => {
    const engine = await begin();
    const seen: { signers: readonly string[]; replicas: number; ordered: boolean }[] = [];
    const watching: Meddler = async (request, perform) => {
      if (request.kind === 'run-recovery-tool') {
        const events = await engine.events();
        seen.push({
          signers: request.grant.payload.signers
            .filter(({ gate }) => gate === 'commit')
            .map((signer) => signer.person),
          replicas: (await engine.cluster.leader.listLogReplicas()).length,
          ordered: events.some((event) => event.type === 'commit-ordered'),
        });
      }
      return await perform();
    };
    engine.meddling.with = watching;
    await engine.startWorker();

    await engine.until('the end', (state) => state.ended !== null, approving);

    expect(seen).toEqual([{ signers: [bo.id, cy.id], replicas: 0, ordered: true }]);
  });
});

describe('a run of the tool that comes to nothing', () => {
  it.each([[['failed']], [['uncertain']], [['failed', 'uncertain']]] as const)(
    '%j: the log is set aside, initialised again and filled under the same sign-offs',
    async (ends) => {
      const engine = await begin();
      const tool = failingTool(engine.cluster, ends);
      engine.meddling.with = tool.meddler;
      await engine.startWorker();

      const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

      expect(state.ended).toMatchObject({ outcome: 'completed' });
      expect(tool.runs()).toBe(ends.length + 1);
      expect(state.facts['run-recovery-tool']).toMatchObject({ runs: ends.length + 1 });
      expect(state.facts.report?.setAside).toHaveLength(3 + ends.length);
      expect(engine.cluster.host('aurora-2').logsMovedAway.map((log) => log.name)).toEqual(
        ends.map(() => 'partly filled'),
      );
      const events = await engine.events();
      expect(events.filter((event) => event.type === 'gate-opened' && event.gate === 'commit')).toHaveLength(
        1,
      );
      expect(events.filter((event) => event.type === 'commit-ordered')).toHaveLength(1);
      const ids = engine.effects.map((effect) => effect.operationId);
      expect(new Set(ids).size).toBe(ids.length);
    },
  );

  it('is not repeated when a scheduler runs again meanwhile', async () => {
    const engine = await begin();
    const tool = failingTool(engine.cluster, ['failed']);
    engine.meddling.with = async (request, perform) => {
      const result = await tool.meddler(request, perform);
      if (request.kind === 'run-recovery-tool') engine.cluster.start(engine.cluster.host('aurora-3'));
      return result;
    };
    await engine.startWorker();

    const state = await engine.until('a person', (seen) => seen.stuck !== null, approving);

    expect(state.stuck).toMatchObject({ step: 'run-recovery-tool', code: 'scheduler-runs-again' });
    expect(tool.runs()).toBe(1);
  });

  it('three times asks a person, who can look again', async () => {
    const engine = await begin();
    const tool = failingTool(engine.cluster, ['failed', 'failed', 'failed']);
    engine.meddling.with = tool.meddler;
    await engine.startWorker();
    const stuck = await engine.until('a person', (seen) => seen.stuck !== null, approving);

    await engine.service.take('look-again', { restoreId: 'R1', userId: bo.userId });
    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    expect(stuck.stuck).toMatchObject({ step: 'run-recovery-tool', code: 'recovery-tool-failed' });
    expect(state.ended).toMatchObject({ outcome: 'completed' });
    expect(tool.runs()).toBe(4);
  });
});

describe('the ways out', () => {
  const stop = (engine: PretendEngine) =>
    engine.service.take('abort', { restoreId: 'R1', userId: dee.userId, reason: 'wrong backup' });

  it('an abort at the commit gate puts everything back, and so does one after runs that came to nothing', async () => {
    const places: readonly [string, People][] = [
      [
        'the commit gate',
        (service, seen) => (seen.gates.commit?.status === 'open' ? null : approving(service, seen)),
      ],
      ['a stuck tool', approving],
    ];
    for (const [what, people] of places) {
      const engine = await begin();
      const before = engine.cluster.picture();
      engine.meddling.with = failingTool(engine.cluster, ['failed', 'failed', 'failed']).meddler;
      await engine.startWorker();
      await engine.until(
        what,
        (seen) => (what === 'a stuck tool' ? seen.stuck !== null : seen.gates.commit?.status === 'open'),
        people,
      );

      const answer = await stop(engine);
      const state = await engine.until('the end', (seen) => seen.ended !== null);

      expect(answer.ok).toBe(true);
      expect(state.ended).toMatchObject({ outcome: 'undone' });
      expect(engine.cluster.picture()).toEqual(before);
    }
  });

  it('an abort is refused once the log is filled, and going back at the second look is clean', async () => {
    const engine = await begin();
    const before = engine.cluster.picture();
    await engine.startWorker();
    const atLook: People = (service, seen) => (seen.look === null ? approving(service, seen) : null);
    await engine.until('the second look', (seen) => seen.look !== null, atLook);

    const refused = await stop(engine);
    for (const person of [bo, cy]) {
      await engine.service.take('go-back', {
        restoreId: 'R1',
        userId: person.userId,
        reason: 'a job is missing',
      });
    }
    const state = await engine.until('the end', (seen) => seen.ended !== null);

    expect(refused.ok).toBe(false);
    expect(state.ended).toMatchObject({ outcome: 'undone' });
    expect(engine.cluster.picture()).toEqual(before);
  });
});

describe('a worker that is dropped while the tool runs or fails', { timeout: 120_000 }, () => {
  it('ends the same, and nothing is done twice or left out', async () => {
    const play = async (crash: { at: number; when: 'before' | 'after' } | null) => {
      const engine = await begin();
      const first = new Mortality(crash);
      engine.meddling.with = failingTool(engine.cluster, ['failed']).meddler;
      await engine.startWorker({ owner: 'bot', mortality: first });
      let orderedAt = 0;
      if (crash === null) {
        await engine.until('the order', (seen) => seen.commitOrdered !== null, approving);
        orderedAt = first.appends;
        await engine.until(
          'the refilled cluster',
          (seen) => seen.facts['start-remaining'] !== undefined,
          approving,
        );
      } else {
        await engine.until('the crash', (seen) => !first.isAlive || seen.ended !== null, approving);
        await engine.startWorker({ owner: 'bot' });
      }
      const refilledAt = first.appends;
      const state = await engine.until('the end', (seen) => seen.ended !== null, approving);
      return {
        orderedAt,
        refilledAt,
        ending: {
          operations: engine.effects.map((effect) => `${effect.operationId} ${effect.changed}`).sort(),
          picture: engine.cluster.picture(),
          outcome: state.ended?.outcome,
          mistakes: engine.mistakes,
        },
      };
    };
    const whole = await play(null);

    for (let at = whole.orderedAt + 1; at <= whole.refilledAt; at += 1) {
      for (const when of ['before', 'after'] as const) {
        const crashed = await play({ at, when });

        expect({ at, when, ...crashed.ending }).toEqual({ at, when, ...whole.ending });
      }
    }
    expect(whole.refilledAt - whole.orderedAt).toBeGreaterThan(20);
  });
});
