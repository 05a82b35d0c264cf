/**
 * Steps that fail. Before the stop gate the restore ends and nothing was touched; after it, it is stuck, says what for,
 * and goes on from there when somebody looks again.
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { BackupReport } from '../../../src/aurora/backups.ts';
import type { OperationKind, OperationResult } from '../../../src/aurora/operations.ts';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import { dee } from '../support/office.ts';
import type { Meddler } from '../support/pretend-agent.ts';
import { approving, openEngine, type People, type PretendEngine } from '../support/pretend-engine.ts';
import { backupFile, originalFlags } from '../support/pretend-scene.ts';
import { minute } from '../support/story.ts';

const engines: PretendEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

async function begin(change: (engine: PretendEngine) => void = () => undefined): Promise<PretendEngine> {
  const engine = await openEngine();
  engines.push(engine);
  change(engine);
  await engine.propose();
  await engine.startWorker();
  return engine;
}

const isOver = (state: RestoreState): boolean => state.ended !== null;
const isStuck = (state: RestoreState): boolean => state.stuck !== null || state.ended !== null;

/** Dee looks again when it is stuck, three times at most; everybody else does their part. */
function lookingAgain(): People {
  let looks = 0;
  return (service, state) => {
    if (state.stuck === null) return approving(service, state);
    looks += 1;
    return looks > 3 ? null : service.take('look-again', { restoreId: 'R1', userId: dee.userId });
  };
}

/** The agent of `host` answers the first operation of this kind so, after or instead of doing it. */
function once(
  asked: { kind: OperationKind; host?: string; done?: boolean },
  answer: (id: { operationId: string; kind: OperationKind }) => OperationResult,
): Meddler {
  let answered = '';
  return async (request, perform) => {
    const { operationId, kind, grant } = request;
    const isIt = kind === asked.kind && (asked.host === undefined || grant.payload.host === asked.host);
    // An agent answers the same for the same operation, whenever it is asked again.
    if (answered !== operationId && (answered !== '' || !isIt)) return await perform();
    if (answered === '' && asked.done === true) await perform();
    answered = operationId;
    return answer({ operationId, kind });
  };
}

describe('before the stop gate', () => {
  const odd = (report: Partial<BackupReport>) => (engine: PretendEngine) => {
    engine.cluster.backup = { ...backupFile, report: { ...backupFile.report, ...report } };
  };
  it.each<[string, (engine: PretendEngine) => void, RegExp]>([
    [
      'a host whose agent does not answer',
      (engine) => {
        engine.cluster.host('aurora-3').agentUp = false;
      },
      /agent of aurora-3 does not answer\. Look at/,
    ],
    [
      'a quorum that does not fit the number of hosts',
      (engine) => {
        for (const host of engine.cluster.hosts)
          host.flags = { ...originalFlags, native_log_quorum_size: '1' };
      },
      /-native_log_quorum_size is 1, and 3 hosts need 2\. .*list all hosts/,
    ],
    [
      'hosts that do not agree',
      (engine) => {
        engine.cluster.host('aurora-2').flags = { ...originalFlags, serverset_path: '/aurora/west' };
      },
      /do not agree on -serverset_path: .*aurora-2 has \/aurora\/west.* Make the flag files say the same/,
    ],
    [
      'traffic that is already blocked',
      (engine) => {
        engine.cluster.host('aurora-1').traffic = 'blocked';
      },
      /already blocked\. Find out who did that/,
    ],
    [
      'a backup that has been rotated away',
      (engine) => {
        engine.cluster.host('aurora-2').backups = new Set();
      },
      /is gone or has changed since it was chosen\. Look at `\/aurora backups`/,
    ],
    [
      'a backup whose content has changed',
      odd({ sha256: 'cd'.repeat(32) }),
      /is gone or has changed since it was chosen/,
    ],
    [
      'a broken backup',
      odd({ verdict: 'broken', reasons: ['it ends in the middle of a task'] }),
      /is broken: it ends in the middle of a task\. A restore never continues/,
    ],
    [
      'a backup without a framework',
      odd({ frameworkId: null }),
      /names no framework: .* Choose another backup/,
    ],
    ['a backup with no timestamp', odd({ timestampMs: null }), /has no timestamp\. Choose another backup/],
    [
      'a backup of another framework than the one that runs',
      odd({ frameworkId: 'fw-of-old' }),
      /does not know framework fw-of-old, which this backup belongs to\. Mesos would refuse/,
    ],
  ])(
    '%s ends the restore, says what to do, and leaves the cluster as it was',
    async (_name, change, message) => {
      const engine = await begin(change);
      const before = engine.cluster.picture();

      const state = await engine.until('the end', isOver, approving);

      expect(state.ended?.outcome).toBe('failed');
      expect(state.ended?.message).toMatch(message);
      expect(state.gates.stop).toBeUndefined();
      expect(engine.effects).toEqual([]);
      expect(engine.cluster.picture()).toEqual(before);
      expect(engine.mistakes).toEqual([]);
    },
  );

  it('a backup that cannot be held ends it too', async () => {
    const engine = await begin();
    const before = engine.cluster.picture();
    engine.meddling.with = once({ kind: 'hold-backup' }, (id) => ({
      ...id,
      state: 'failed',
      message: 'no space left',
      hint: 'Free some.',
      finishedAt: 0,
    }));

    const state = await engine.until('the end', isOver, approving);

    expect(state.ended).toMatchObject({ outcome: 'failed', message: 'aurora-2: no space left Free some.' });
    expect(engine.cluster.picture()).toEqual(before);
  });

  it('a suspicious backup goes on, with its reasons in the plan that is signed', async () => {
    const reasons = ['3 tasks have a status this version does not know'];
    const engine = await begin(odd({ verdict: 'suspicious', reasons }));

    const state = await engine.until('the gate', (seen) => seen.gates.stop?.status === 'open');

    expect(state.facts['choose-backup']?.report).toMatchObject({ verdict: 'suspicious', reasons });
  });
});

/** What agents are asked to do once hosts are touched; the commit has its own tests. */
const touching: readonly OperationKind[] = [
  'stop-scheduler',
  'block-traffic',
  'set-flags',
  'set-aside-log',
  'initialize-log',
  'receive-backup',
  'place-backup',
  'start-scheduler',
  'stage-backup',
  'restore-flags',
  'unblock-traffic',
  'reconcile-explicit',
  'reconcile-implicit',
];

describe('after the stop gate', () => {
  it.each(touching)(
    '%s that fails on a host is stuck with its hint, and goes on when somebody looks again',
    async (kind) => {
      const engine = await begin();
      engine.meddling.with = once({ kind }, (id) => ({
        ...id,
        state: 'failed',
        message: 'it did not go',
        hint: 'Mend it by hand.',
        finishedAt: 0,
      }));

      const stuck = await engine.until('a problem', isStuck, approving);
      const state = await engine.until('the end', isOver, lookingAgain());

      expect(stuck.stuck?.message).toMatch(/it did not go/);
      expect(stuck.stuck?.hint).not.toBe('');
      expect(state.ended?.outcome).toBe('completed');
      expect(state.facts.report?.notAsBefore).toEqual([]);
      const ids = engine.effects.map((effect) => effect.operationId);
      expect(new Set(ids).size).toBe(ids.length);
    },
  );

  it.each(touching)(
    '%s of which an agent cannot tell parks for a person, and goes on when somebody looked',
    async (kind) => {
      const engine = await begin();
      engine.meddling.with = once({ kind, done: true }, (id) => ({
        ...id,
        state: 'uncertain',
        message: 'interrupted, and the host cannot tell',
        hint: 'Look at the host.',
      }));

      const state = await engine.until('the end', isOver, lookingAgain());

      expect(state.ended?.outcome).toBe('completed');
      const ids = engine.effects
        .filter((effect) => effect.changed)
        .map((effect) => `${effect.host} ${effect.operationId}`);
      expect(new Set(ids).size).toBe(ids.length);
    },
  );

  it.each(['reconcile-explicit', 'reconcile-implicit'] as const)(
    '%s that the scheduler refuses once is asked again when somebody looks again',
    async (kind) => {
      const engine = await begin();
      engine.meddling.with = once({ kind }, (id) => ({
        ...id,
        state: 'done',
        changed: false,
        evidence: { answer: 'error', messages: ['I do not lead'], ms: 5 },
        finishedAt: 0,
      }));

      const stuck = await engine.until('a problem', isStuck, approving);
      const state = await engine.until('the end', isOver, lookingAgain());

      expect(stuck.stuck).toMatchObject({ step: 'release-reconciliation', code: 'reconciliation-refused' });
      expect(state.ended?.outcome).toBe('completed');
    },
  );

  it('a leader that moves before it is released is found again', async () => {
    const engine = await begin();
    await engine.until('the look', (state) => state.look !== null, approving);
    const { host } = engine.cluster.look();
    engine.cluster.rejoin(engine.cluster.host(host ?? ''));

    const state = await engine.until('the end', isOver, lookingAgain());

    expect(state.ended?.outcome).toBe('completed');
    expect(state.facts['release-reconciliation']?.host).not.toBe(host);
  });

  it('an agent that is away for a while is waited for', async () => {
    const engine = await begin();
    await engine.until('a step', (state) => state.current === 'set-recovery-flags', approving);
    const host = engine.cluster.host('aurora-3');
    host.agentUp = false;
    const backAt = engine.clock.now() + 20_000;
    await engine.until('20 s', () => engine.clock.now() >= backAt, approving);
    host.agentUp = true;

    const state = await engine.until('the end', isOver, approving);

    const events = await engine.events();
    expect(state.ended?.outcome).toBe('completed');
    expect(events.filter((event) => event.type === 'step-failed')).toEqual([]);
  });

  it('an agent that stays away makes it stuck and says which; back, it goes on', async () => {
    const engine = await begin();
    await engine.until('a step', (state) => state.current === 'set-aside-log', approving);
    const host = engine.cluster.host('aurora-3');
    host.agentUp = false;

    const stuck = await engine.until('a problem', isStuck, approving);
    host.agentUp = true;
    const state = await engine.until('the end', isOver, lookingAgain());

    expect(stuck.stuck).toMatchObject({ step: 'set-aside-log', code: 'agent-unreachable' });
    expect(stuck.stuck?.message).toContain('aurora-3');
    expect(state.ended?.outcome).toBe('completed');
  });

  it('a scheduler that somebody starts in between stops it before logs are moved', async () => {
    const engine = await begin();
    await engine.until('a step', (state) => state.current === 'set-recovery-flags', approving);
    engine.cluster.start(engine.cluster.host('aurora-2'));

    const stuck = await engine.until('a problem', isStuck, approving);
    const again = await engine.service.take('look-again', { restoreId: 'R1', userId: dee.userId });
    const still = await engine.until('a problem again', isStuck, approving);
    engine.cluster.stop(engine.cluster.host('aurora-2'));
    const state = await engine.until('the end', isOver, lookingAgain());

    expect(stuck.stuck).toMatchObject({ code: 'scheduler-runs-again' });
    expect(again.ok).toBe(true);
    expect(still.stuck).toMatchObject({ code: 'scheduler-runs-again' });
    expect(state.ended?.outcome).toBe('completed');
  });

  it('a scheduler that somebody starts before the restored ones start is not taken for one of them', async () => {
    const engine = await begin();
    await engine.until('the flags', (state) => state.facts['restore-flags'] !== undefined, approving);
    engine.cluster.start(engine.cluster.host('aurora-2'));

    const stuck = await engine.until('a problem', isStuck, approving);
    await engine.service.take('look-again', { restoreId: 'R1', userId: dee.userId });
    const still = await engine.until('a problem again', isStuck, approving);

    expect(stuck.stuck).toMatchObject({ step: 'start-restored-schedulers', code: 'scheduler-runs-again' });
    expect(still.stuck).toMatchObject({ step: 'start-restored-schedulers', code: 'scheduler-runs-again' });
  });

  it('flags that somebody puts back before the start stop it, and are set again when somebody looks', async () => {
    const engine = await begin();
    await engine.until('the placing', (state) => state.facts['place-backup'] !== undefined, approving);
    const host = engine.cluster.host('aurora-2');
    host.flags = originalFlags;

    const stuck = await engine.until('a problem', isStuck, approving);
    const started = engine.cluster.hosts.filter(({ service }) => service === 'running');
    const state = await engine.until('the end', isOver, lookingAgain());

    expect(stuck.stuck).toMatchObject({
      step: 'start-schedulers',
      code: 'flags-not-set',
      message: expect.stringContaining('aurora-2: -mesos_master_address reads zk://zk-1:2181') as string,
      hint: expect.stringContaining('Switch that off') as string,
    });
    expect(started).toEqual([]);
    expect(state.ended?.outcome).toBe('completed');
    expect(host.flags).toEqual(originalFlags);
  });

  it('a scheduler that registers in recovery mode stops it before anything is staged', async () => {
    const engine = await begin();
    await engine.until('the start', (state) => state.facts['start-schedulers'] !== undefined, approving);
    for (const host of engine.cluster.hosts) host.startedFlags = originalFlags;
    const registered = engine.clock.now() + 15_000;
    engine.cluster.busyUntil = registered;

    const state = await engine.until('a problem', isStuck, approving);

    expect(state.stuck).toMatchObject({ code: 'registered-too-early' });
    expect(engine.effects.map((effect) => effect.kind)).not.toContain('stage-backup');
  });

  it('an old log that is visible after the start stops it', async () => {
    const engine = await begin();
    await engine.until('new logs', (state) => state.facts['initialize-log'] !== undefined, approving);
    const host = engine.cluster.host('aurora-3');
    host.log = host.logAside;

    const state = await engine.until('a problem', isStuck, approving);

    expect(state.stuck).toMatchObject({ step: 'find-elected', code: 'old-state-visible' });
  });

  it.each(['rpc-timeout', 'rpc-truncated'] as const)(
    'a scheduler that is busy for a while is read again: %s',
    async (code) => {
      const engine = await begin();
      engine.cluster.busyWith = code;
      await engine.until('the staging', (state) => state.facts['stage-backup'] !== undefined, approving);
      engine.cluster.busyUntil = engine.clock.now() + 10_000;

      const state = await engine.until(
        'the gate',
        (seen) => seen.stuck !== null || seen.gates.commit !== undefined,
      );

      expect(state.stuck).toBeNull();
    },
  );
});

describe('while everything is put back', () => {
  it('an agent that stays away makes it stuck, and back, the undo goes on to the same end', async () => {
    const engine = await begin();
    const before = engine.cluster.picture();
    await engine.until('the gate', (state) => state.gates.commit?.status === 'open', approving);
    const host = engine.cluster.host('aurora-1');
    host.agentUp = false;
    await engine.service.take('abort', { restoreId: 'R1', userId: dee.userId, reason: 'wrong backup' });

    const stuck = await engine.until('a problem', isStuck);
    host.agentUp = true;
    const state = await engine.until('the end', isOver, lookingAgain());

    expect(stuck.stuck).toMatchObject({ step: 'undo-stop-schedulers', code: 'agent-unreachable' });
    expect(state.ended?.outcome).toBe('undone');
    expect(engine.cluster.picture()).toEqual(before);
  });

  it('schedulers that did not run before are not started', async () => {
    const engine = await begin(({ cluster }) => {
      for (const host of cluster.hosts) cluster.stop(host);
    });
    const before = engine.cluster.picture();
    await engine.until('the gate', (state) => state.gates.commit?.status === 'open', approving);
    await engine.service.take('abort', { restoreId: 'R1', userId: dee.userId, reason: 'wrong backup' });

    const state = await engine.until('the end', isOver);
    engine.clock.pass(minute);

    expect(state.ended?.outcome).toBe('undone');
    expect(engine.cluster.picture()).toEqual(before);
    expect(state.facts.report?.notAsBefore).toEqual([]);
  });
});
