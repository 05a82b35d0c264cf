/** Step 1 in the engine, over the pretend cluster: what is read, what ends a restore, what is shown before the stop. */
import { afterEach, describe, expect, it } from 'vitest';
import { AuroraError } from '../../../src/aurora/errors.ts';
import { preflightChecks } from '../../../src/restore/preflight/checks.ts';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import type { PretendCluster } from '../support/pretend-cluster.ts';
import { openEngine, type PretendEngine } from '../support/pretend-engine.ts';
import { backupTasks, hostNames, originalFlags } from '../support/pretend-scene.ts';
import { minute } from '../support/story.ts';

let engine: PretendEngine | null = null;
afterEach(() => engine?.close());

/** Proposes a restore; answers the state at the stop gate, or at the end when it never gets there. */
async function propose(change: (cluster: PretendCluster) => void = () => undefined): Promise<RestoreState> {
  engine = await openEngine();
  change(engine.cluster);
  await engine.propose();
  await engine.startWorker();
  return await engine.until(
    'an end or a gate',
    ({ ended, gates }) => ended !== null || gates.stop !== undefined,
  );
}

const warnings = ({ facts }: RestoreState): readonly string[] =>
  (facts['check-hosts']?.checks ?? [])
    .filter(({ verdict }) => verdict === 'warn')
    .map(({ name, host }) => (host === undefined ? name : `${name} on ${host}`));

describe('a cluster in which all is well', () => {
  it('passes every check, and the list is in the journal', async () => {
    const state = await propose();

    const checks = state.facts['check-hosts']?.checks ?? [];
    expect(checks.map(({ name }) => name)).toEqual(preflightChecks.map(({ name }) => name));
    expect(checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  });

  it('passes with all schedulers stopped, but for what is running out', async () => {
    const state = await propose((cluster) => {
      cluster.failoverTimeoutMs = 40 * minute;
      for (const host of cluster.hosts) cluster.stop(host);
    });

    expect(warnings(state)).toEqual(['framework failover time']);
  });
});

describe('what stops a proposal', () => {
  it('is told all at once, and no host is touched', async () => {
    const state = await propose((cluster) => {
      cluster.host('aurora-1').shows = { mesosLog: { present: false } };
      cluster.host('aurora-2').flags = { ...originalFlags, native_log_quorum_size: '1' };
      cluster.host('aurora-3').agentUp = false;
    });

    expect(state.ended?.outcome).toBe('failed');
    expect(state.ended?.message).toMatch(
      /^4 things stand in the way of this restore\. \(1\) The agent of aurora-3 does not answer\..* \(2\) aurora-1: `mesos-log` is missing\..* \(3\) aurora-2: -native_log_quorum_size is 1, and 3 hosts need 2\..* \(4\) The hosts do not agree on -native_log_quorum_size: aurora-1 has 2, aurora-2 has 1\./,
    );
    expect(engine?.effects).toEqual([]);
    expect(engine?.mistakes).toEqual([]);
  });

  it('is somebody else’s staged recovery on any scheduler', async () => {
    const state = await propose((cluster) => {
      cluster.host('aurora-3').staged = backupTasks;
    });

    expect(state.ended?.message).toMatch(
      /^aurora-3: a recovery of 4 tasks is already staged there: somebody else's restore\./,
    );
  });

  it('is a clock by which its agent would refuse every grant', async () => {
    const state = await propose((cluster) => {
      cluster.host('aurora-2').clockAheadMs = -31_000;
      cluster.host('aurora-2').shows = { grants: { clockSkewMs: 30_000 } };
    });

    expect(state.ended?.message).toMatch(/^aurora-2: the clock is 30 s behind the bot's/);
  });

  it('is a framework that Mesos gives up before the restore could be through', async () => {
    const state = await propose((cluster) => {
      cluster.failoverTimeoutMs = 5 * minute;
    });

    expect(state.ended?.message).toMatch(/^Mesos kills every task when no scheduler registers within 5 min/);
  });

  it('is ZooKeeper that stays away', async () => {
    const state = await propose((cluster) => {
      const error = new AuroraError({
        code: 'zookeeper-unreachable',
        message: 'ZooKeeper does not answer.',
        hint: 'Look at it.',
      });
      cluster.leader.findLeader = () => Promise.resolve({ kind: 'unreachable', error });
      cluster.leader.listLogReplicas = () => Promise.reject(error);
    });

    expect(state.ended?.message).toBe('ZooKeeper does not answer. Look at it.');
  });
});

describe('what does not stop a proposal', () => {
  it('an agent whose clock is a little off is a warning', async () => {
    const state = await propose((cluster) => {
      cluster.host('aurora-2').clockAheadMs = 10_000;
    });

    expect(warnings(state)).toEqual(['clock skew on aurora-2']);
    expect(state.facts['check-hosts']?.clockSkewMsMax).toBeGreaterThan(9_900);
  });

  it('schedulers that answer nobody leave what cannot be seen as warnings, told once for all hosts', async () => {
    const state = await propose((cluster) => {
      for (const host of cluster.hosts) host.deaf = true;
    });

    expect(warnings(state)).toEqual(hostNames.map((host) => `no other recovery staged on ${host}`));
    const told = state.facts['check-hosts']?.checks?.filter(({ verdict }) => verdict === 'warn') ?? [];
    expect(new Set(told.map(({ message }) => message)).size).toBe(1);
  });

  it('a Mesos master that is away for a moment is asked again', async () => {
    const state = await propose((cluster) => {
      const { listFrameworks } = cluster.mesos;
      let asked = 0;
      cluster.mesos.listFrameworks = async () => {
        asked += 1;
        if (asked === 1) throw new AuroraError({ code: 'mesos-unreachable', message: 'No.', hint: 'Look.' });
        return await listFrameworks();
      };
    });

    expect(warnings(state)).toEqual([]);
  });
});
