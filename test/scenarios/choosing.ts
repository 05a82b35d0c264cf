/** Which procedure and which release: what is the same everywhere, what is not, and what is refused before anything is touched. */
import { expect } from 'vitest';
import type { PretendCluster } from '../restore/support/pretend-cluster.ts';
import { backupFile, flagsOf, originalFlags } from '../restore/support/pretend-scene.ts';
import { secondLook } from './support/moments.ts';
import { goingBack, hesitating } from './support/people.ts';
import type { Group, Scenario } from './support/scenario.ts';
import type { Stage } from './support/stage.ts';

/** What the processes were started with for the second look, and what the files say meanwhile. */
function flagsAtLook(stage: Stage) {
  const [host] = stage.cluster.hosts;
  return { started: host?.startedFlags ?? {}, file: host?.flags ?? {} };
}

/** The flag files are as before in the end. */
function hasItsFlags(stage: Stage): void {
  for (const host of stage.cluster.hosts) expect(host.flags).toEqual(flagsOf(stage.cluster.config));
}

const withTool = (release: string): Scenario => ({
  title: `Aurora ${release} is restored with the recovery tool`,
  happens: 'the refilled host starts first, then one less than a quorum, the rest at last; nothing is staged',
  given: { release, procedure: 'recovery-tool' },
  play: async (stage) => {
    await stage.completes();

    expect(
      stage
        .performed('start-scheduler')
        .slice(0, 3)
        .map(({ host }) => host),
    ).toEqual(['aurora-2', 'aurora-1', 'aurora-3']);
    expect(stage.performed('stage-backup')).toEqual([]);
    hasItsFlags(stage);
  },
});

const onCall = (release: string): Scenario => ({
  title: `Aurora ${release} is restored by staging`,
  happens:
    'the flag that holds reconciliation stays in the file until two calls release it; then the file is as before',
  given: { release },
  play: async (stage) => {
    await stage.until(secondLook, hesitating);
    const { started, file } = flagsAtLook(stage);
    expect(started['reconciliation_initial_delay']).toBe('365days');
    expect(file).toEqual({
      ...flagsOf(stage.cluster.config),
      reconciliation_initial_delay: '365days',
    });

    await stage.completes();

    expect(stage.performed('reconcile-explicit')).toHaveLength(1);
    expect(stage.performed('reconcile-implicit')).toHaveLength(1);
    hasItsFlags(stage);
  },
});

/** A proposal that ends with the first checks, for this reason. */
const refused = (
  title: string,
  happens: string,
  wanted: { says: RegExp; given?: Scenario['given'] },
): Scenario => ({
  title,
  happens,
  ...(wanted.given !== undefined && { given: wanted.given }),
  play: async (stage) => {
    await stage.endsUntouched({ outcome: 'failed', says: wanted.says });

    expect(stage.engine.effects).toEqual([]);
  },
});

const allHosts = (change: (host: PretendCluster['hosts'][number]) => void) => (cluster: PretendCluster) => {
  for (const host of cluster.hosts) change(host);
};

export const choosing: Group = {
  title: 'Choosing a procedure and a release',
  scenarios: [
    {
      title: 'Aurora 0.5.0 is restored by staging',
      happens: 'what kills there is the GC executor: its flag is gone until a restart lets it work again',
      given: { release: '0.5.0' },
      play: async (stage) => {
        await stage.until(secondLook, hesitating);
        const { started, file } = flagsAtLook(stage);
        expect(started).not.toHaveProperty('gc_executor_path');
        expect(started).not.toHaveProperty('reconciliation_initial_delay');
        expect(file).not.toHaveProperty('gc_executor_path');

        await stage.completes();

        hasItsFlags(stage);
      },
    },
    {
      title: 'Aurora 0.9.0 is restored by staging',
      happens: 'its commit gets no answer: the tasks are read back, and then it is known',
      given: { release: '0.9.0' },
      play: async (stage) => {
        const state = await stage.completes();

        expect(state.facts.commit).toMatchObject({ answer: 'unknown' });
        expect(state.facts['verify-restored']?.tasks).toBe(4);
        hasItsFlags(stage);
      },
    },
    {
      title: 'Aurora 0.9.0 is let reconcile',
      happens:
        'nobody can ask it to: all schedulers start again with their own flags, and their timers do it',
      given: { release: '0.9.0' },
      play: async (stage) => {
        await stage.until(secondLook, hesitating);
        const before = stage.performed('start-scheduler').length;

        await stage.completes();

        expect(stage.performed('start-scheduler').slice(before)).toHaveLength(3);
        expect([...stage.performed('reconcile-explicit'), ...stage.performed('reconcile-implicit')]).toEqual(
          [],
        );
      },
    },
    {
      title: 'Aurora 0.12.0 is restored by staging',
      happens: 'it has no health page for its leader, its counters say who leads, and its commit is answered',
      given: { release: '0.12.0' },
      play: async (stage) => {
        const state = await stage.completes();

        expect(state.facts.commit).toMatchObject({ answer: 'ok' });
        hasItsFlags(stage);
      },
    },
    onCall('0.16.0'),
    onCall('0.17.0'),
    onCall('0.20.0'),
    onCall('0.22.0'),
    onCall('0.25.0'),
    withTool('0.20.0'),
    withTool('0.22.0'),
    withTool('0.23.0'),
    {
      title: 'Aurora 0.17.0 is to be restored with the recovery tool',
      happens: 'the proposal is refused: the tool came with 0.20',
      given: { release: '0.17.0', begun: false },
      play: async ({ engine }) => {
        await expect(engine.propose({ procedure: 'recovery-tool' })).rejects.toThrow(
          'Aurora 0.17.0 has no recovery tool; it came with 0.20.',
        );
      },
    },
    {
      title: 'The cluster is configured for the recovery tool, and Ana asks for staging',
      happens: 'her choice counts, and the plan says why',
      given: { procedure: 'recovery-tool', begun: false },
      play: async (stage) => {
        const state = await stage.engine.propose({ procedure: 'staged' });
        await stage.engine.startWorker();

        expect(state.proposal).toMatchObject({
          procedure: 'staged',
          procedureReason: 'asked for with the proposal',
        });
        await stage.completes();
        expect(stage.performed('stage-backup')).toHaveLength(1);
      },
    },
    {
      title: 'Aurora 0.9.0 is gone back from, at the second look',
      happens: 'everything is as before, and nothing was killed or started',
      given: { release: '0.9.0' },
      play: (stage) => stage.isUndone(goingBack).then(() => undefined),
    },
    {
      title: 'Aurora 0.5.0 is gone back from, at the second look',
      happens: 'everything is as before, and nothing was killed or started',
      given: { release: '0.5.0' },
      play: (stage) => stage.isUndone(goingBack).then(() => undefined),
    },
    refused(
      'The host with the backup has no recovery tool',
      'it ends with the first checks and says where the tool is missing',
      {
        says: /aurora-2 has the backup and no recovery tool/,
        given: {
          procedure: 'recovery-tool',
          cluster: (cluster) => {
            cluster.host('aurora-2').shows = { recoveryTool: { present: false } };
          },
        },
      },
    ),
    refused(
      'The bot is configured for 0.22.0, and one agent for 0.20.0',
      'it ends with the first checks and names both',
      {
        says: /configured for Aurora 0\.20\.0, the bot for 0\.22\.0/,
        given: {
          cluster: (cluster) => {
            cluster.host('aurora-3').shows = { auroraVersion: '0.20.0' };
          },
        },
      },
    ),
    refused(
      'The configuration says 0.22.0, and the schedulers run with a flag that went with 0.18',
      'it ends with the first checks and names both',
      {
        says: /configured as Aurora 0\.22\.0, but its flags hold -zk_use_curator, as only 0\.14 to 0\.18/,
        given: {
          cluster: allHosts((host) => {
            host.flags = { ...originalFlags, zk_use_curator: 'true' };
          }),
        },
      },
    ),
    refused(
      'Two hosts have a flag in their files that no scheduler starts with, and a third names a file that is gone',
      'it ends with the first checks, and all of them are named at once with the right form',
      {
        says: /-offer_order=FOO is not a list of CPU, MEMORY.*-zk_endpoints=zk-1 is not a list of host:port.*-tier_config=\/etc\/tiers names a file that does not exist/s,
        given: {
          cluster: (cluster) => {
            cluster.host('aurora-1').flags = { ...originalFlags, offer_order: 'FOO' };
            cluster.host('aurora-2').flags = { ...originalFlags, zk_endpoints: 'zk-1' };
            const says = '-tier_config=/etc/tiers names a file that does not exist.';
            cluster.host('aurora-3').shows = {
              flags: {
                sha256: 'ab'.repeat(32),
                values: originalFlags,
                faults: [{ flag: 'tier_config', says }],
              },
            };
          },
        },
      },
    ),
    refused(
      'The backup was written by Aurora 0.20.0, and the cluster runs 0.22.0',
      'it is refused, both named',
      {
        says: /was written by Aurora 0\.20\.0; this cluster is configured as Aurora 0\.22\.0/,
        given: {
          cluster: (cluster) => {
            const writer = { version: '0.20.0', lifetime: { from: 20 }, storesOnlyInDump: false };
            cluster.backup = { ...backupFile, report: { ...backupFile.report, writer } };
          },
        },
      },
    ),
    refused('The backup was rotated away since it was chosen', 'it is refused, and where to look is said', {
      says: /is gone or has changed since it was chosen/,
      given: {
        cluster: (cluster) => {
          cluster.host('aurora-2').backups = new Set();
        },
      },
    }),
    refused(
      'The backup is cut off in the middle',
      'it is refused: a restore never goes on from a broken file',
      {
        says: /is broken: it ends in the middle of a task/,
        given: {
          cluster: (cluster) => {
            const report = {
              ...backupFile.report,
              verdict: 'broken' as const,
              reasons: ['it ends in the middle of a task'],
            };
            cluster.backup = { ...backupFile, report };
          },
        },
      },
    ),
    refused(
      'The backup belongs to a framework that Mesos has forgotten',
      'it is refused: Mesos would not register it',
      {
        says: /does not know framework fw-of-old/,
        given: {
          cluster: (cluster) => {
            cluster.backup = {
              ...backupFile,
              report: { ...backupFile.report, frameworkId: 'fw-of-old' },
            };
          },
        },
      },
    ),
    refused('The quorum size in the flag files does not fit three hosts', 'it is refused', {
      says: /-native_log_quorum_size is 1, and 3 hosts need 2/,
      given: {
        cluster: allHosts((host) => {
          host.flags = { ...originalFlags, native_log_quorum_size: '1' };
        }),
      },
    }),
    refused('The clock of a host is an hour ahead', 'it is refused: its agent would take no order', {
      says: /aurora-3/,
      given: {
        cluster: (cluster) => {
          cluster.host('aurora-3').clockAheadMs = 3_600_000;
        },
      },
    }),
    refused('Somebody else has a recovery staged on a scheduler already', 'it is refused and says where', {
      says: /aurora-1/,
      given: {
        cluster: (cluster) => {
          cluster.host('aurora-1').staged = [];
        },
      },
    }),
    refused('Traffic of a host is already blocked', 'it is refused: another restore may be in progress', {
      says: /already blocked/,
      given: {
        cluster: (cluster) => {
          cluster.host('aurora-1').traffic = 'blocked';
        },
      },
    }),
    {
      title: 'One scheduler was down before the restore, and it is stopped half way',
      happens: 'it stays down: what is put back is what was there',
      given: {
        cluster: (cluster) => {
          cluster.stop(cluster.host('aurora-3'));
        },
      },
      play: async (stage) => {
        const before = stage.cluster.picture();
        await stage.until({ name: 'the gate', isSo: (state) => state.gates.commit?.status === 'open' });

        await stage.people.abort({ id: 'T1:UDEE', userId: 'UDEE', name: 'dee' });
        const state = await stage.until({ name: 'the end', isSo: (seen) => seen.ended !== null });

        expect(state.ended?.outcome).toBe('undone');
        expect(stage.cluster.picture()).toEqual(before);
      },
    },
  ],
};
