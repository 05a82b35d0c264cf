import { describe, expect, it } from 'vitest';
import { AuroraError } from '../../src/aurora/errors.ts';
import type { LeaderAnswer } from '../../src/aurora/leader.ts';
import { describeLeader } from '../../src/leader/describe-leader.ts';
import { checkBlocks } from '../../src/local-slack/block-kit-rules.ts';
import { renderLeader } from '../../src/slack/messages/leader.ts';
import { eastAccess, leading, readingAgent, statusOf, unreachable } from '../slack/support/cluster.ts';

/** What ages are counted to. */
const now = Date.UTC(2026, 10, 30, 3);
const candidate = (n: number) => ({
  node: `_c_x-lock-000000000${n}`,
  sequence: n,
  host: `10.0.3.1${n}`,
});

/** What people are told when ZooKeeper says this and the hosts say that. */
async function told(
  answer: LeaderAnswer,
  agents = [readingAgent('aurora-1', {}), readingAgent('aurora-2', {}), readingAgent('aurora-3', {})],
): Promise<string> {
  const access = await eastAccess();
  const facts = await describeLeader({
    ...access,
    agents,
    leader: { ...access.leader, findLeader: () => Promise.resolve(answer) },
  });
  const { text, blocks } = renderLeader(facts, null, now);
  expect(checkBlocks(blocks)).toMatchObject({ ok: true });
  return text;
}

describe('who leads', () => {
  it('one, and all three sources agree', async () => {
    const { finding } = await describeLeader(await eastAccess());

    expect(finding).toMatchObject({
      kind: 'leads',
      host: 'aurora-2',
      doubts: [],
      upMs: 273_600_000,
      standby: ['aurora-1', 'aurora-3'],
    });
    expect(renderLeader(await describeLeader(await eastAccess()), null, now).text).toContain(
      'ZooKeeper, its own health page and its lifecycle agree. Standing by: aurora-1, aurora-3. Log replicas: 3 of 3.',
    );
  });

  it.each(['0.9.0', '0.12.0'])('one, by what %s has: it has no health page', async (auroraVersion) => {
    const access = await eastAccess();
    const agents = [
      readingAgent('aurora-2', { status: statusOf('aurora-2', { ...leading, leaderHealth: 404 }) }),
    ];

    const facts = await describeLeader({ ...access, agents, cluster: { ...access.cluster, auroraVersion } });

    expect(renderLeader(facts, null, now).text).toContain(
      `ZooKeeper and its lifecycle agree; Aurora ${auroraVersion} has no health page.`,
    );
  });

  it.each(['0.13.0', '0.22.0'])(
    'one, but the health page that %s has is not there',
    async (auroraVersion) => {
      const access = await eastAccess();
      const agents = [
        readingAgent('aurora-2', { status: statusOf('aurora-2', { ...leading, leaderHealth: 404 }) }),
      ];

      const facts = await describeLeader({
        ...access,
        agents,
        cluster: { ...access.cluster, auroraVersion },
      });

      expect(facts.finding).toMatchObject({ doubts: ['its own health page says HTTP 404'] });
    },
  );

  it('one, but its own pages say otherwise', async () => {
    const text = await told(
      { kind: 'one', endpoint: { host: '10.0.3.12', port: 8081 }, node: 'm', candidates: [] },
      [readingAgent('aurora-2', { status: statusOf('aurora-2', { ...leading, leaderHealth: 502 }) })],
    );

    expect(text).toContain('*Only ZooKeeper says so:* its own health page says nobody leads.');
  });

  const origin = (node: string, ephemeral: boolean) => ({
    path: `/aurora/scheduler/${node}`,
    createdAtMs: now - 180_000,
    createdZxid: 9,
    ephemeral,
  });
  const ofLeader = {
    node: 'member_0000000007',
    endpoint: { host: '10.0.3.12', port: 8081 },
    problem: null,
    effect: 'counted' as const,
    origin: { ...origin('member_0000000007', true), createdZxid: 7 },
  };
  const scheduler = (host: string, changes = {}) => readingAgent(host, { status: statusOf(host, changes) });

  it('one, beside an entry that breaks every answer: the entry is named with what removes it', async () => {
    const text = await told(
      {
        kind: 'one',
        endpoint: ofLeader.endpoint,
        node: ofLeader.node,
        candidates: [],
        entries: [
          ofLeader,
          {
            node: 'member_abc',
            endpoint: null,
            problem: 'it has no data',
            effect: 'breaks',
            origin: origin('member_abc', false),
          },
        ],
      },
      [
        scheduler('aurora-1', { leaderHealth: 500 }),
        scheduler('aurora-2', { ...leading, leaderHealth: 500 }),
      ],
    );

    expect(text).toContain('*aurora-2 leads `east`*');
    expect(text).toContain('health pages and clients do not, because of an entry in ZooKeeper');
    expect(text).toContain('/aurora/scheduler/member_abc: it has no data.');
    expect(text).toContain('Every scheduler answers clients with HTTP 500 because of it.');
    expect(text).toContain('It is persistent and 3 min old.');
    expect(text).toContain('`zkCli.sh -server zk:2181 delete /aurora/scheduler/member_abc`');
    expect(text).not.toContain('Only ZooKeeper says so');
  });

  it('one, beside an entry of a stranger', async () => {
    const stranger = {
      ...ofLeader,
      node: 'member_0000000009',
      endpoint: { host: '10.9.9.9', port: 8081 },
      origin: origin('member_0000000009', true),
    };
    const entries = [ofLeader, stranger];

    const text = await told({ kind: 'several', members: entries, candidates: [], entries }, [
      scheduler('aurora-1', { leaderHealth: 502 }),
      scheduler('aurora-2', { ...leading, leaderHealth: 502 }),
    ]);

    expect(text).toContain('*aurora-2 leads `east`*');
    expect(text).toContain('it names 10.9.9.9:8081, and aurora-2 leads.');
    expect(text).toContain('every one of them says that nobody leads (502)');
    expect(text).toContain('It goes when the session that made it ends.');
  });

  it('one whose entry is stale: who says that it leads does not stand by', async () => {
    const text = await told(
      { kind: 'one', endpoint: ofLeader.endpoint, node: ofLeader.node, candidates: [], entries: [ofLeader] },
      [scheduler('aurora-1', leading), scheduler('aurora-2', { leaderHealth: 200 }), scheduler('aurora-3')],
    );

    expect(text).toContain('*ZooKeeper names aurora-2 as the leader of `east`*');
    expect(text).toContain('*and aurora-1 says that it leads*');
    expect(text).toContain('its lifecycle says STORAGE_PREPARED, not ACTIVE');
    expect(text).toContain('Standing by: aurora-3.');
    expect(text).toContain(
      'member_0000000007: it names aurora-2, and aurora-1 leads. Schedulers send clients there.',
    );
  });

  it('a stranger by ZooKeeper, and one of ours says that it leads', async () => {
    const text = await told(
      { kind: 'one', endpoint: { host: '10.9.9.9', port: 8081 }, node: 'm', candidates: [] },
      [scheduler('aurora-1', leading), scheduler('aurora-2')],
    );

    expect(text).toContain('*ZooKeeper names 10.9.9.9:8081 as the leader of `east`*');
    expect(text).toContain('*and aurora-1 says that it leads*');
    expect(text).toContain('Standing by: aurora-2.');
  });

  it('nobody by ZooKeeper, and one says that it leads', async () => {
    const text = await told({ kind: 'none', candidates: [] }, [scheduler('aurora-1', leading)]);

    expect(text).toContain('aurora-1 says that it leads, and ZooKeeper does not name it');
  });

  it('one that the configuration does not know', async () => {
    const text = await told({
      kind: 'one',
      endpoint: { host: '10.9.9.9', port: 8081 },
      node: 'm',
      candidates: [],
    });

    expect(text).toContain('not in the configuration of this bot');
  });

  it('nobody: elected, and its storage not ready, which is what a lost log looks like', async () => {
    const elected = statusOf('aurora-1', {
      vars: { scheduler_lifecycle_LEADER_AWAITING_REGISTRATION: 1, jvm_uptime_secs: 360 },
      leaderHealth: 502,
    });

    const text = await told({ kind: 'none', candidates: [candidate(1), candidate(2), candidate(3)] }, [
      readingAgent('aurora-1', { status: elected, ready: false }),
      readingAgent('aurora-2', { status: unreachable('aurora-2') }),
    ]);

    expect(text).toContain(
      '*Nobody leads `east`.* ZooKeeper answers; 3 candidates wait, none has registered.',
    );
    expect(text).toContain('aurora-1 is elected (its process is up for 6 min) and its storage is not ready');
    expect(text).toContain('`/aurora backups east`');
    expect(text).toContain('Not seen: aurora-2.');
  });

  it('nobody, and two believe they are elected, as after ZooKeeper was away: neither is called elected', async () => {
    const awaiting = (host: string) =>
      readingAgent(host, {
        status: statusOf(host, {
          vars: { scheduler_lifecycle_LEADER_AWAITING_REGISTRATION: 1 },
          leaderHealth: 502,
        }),
      });

    const text = await told({ kind: 'none', candidates: [candidate(2), candidate(3)] }, [
      awaiting('aurora-1'),
      awaiting('aurora-2'),
    ]);

    expect(text).toContain('aurora-1 believes it is elected, but aurora-2 holds the election in ZooKeeper.');
    expect(text).toContain('If that does not change within a minute, restart the scheduler on aurora-1.');
    expect(text).not.toMatch(/(?<!believes it )is elected/);
  });

  it('one, but it has not registered with Mesos', async () => {
    const vars = { scheduler_lifecycle_ACTIVE: 1, framework_registered: 0 };

    const text = await told(
      { kind: 'one', endpoint: { host: '10.0.3.12', port: 8081 }, node: 'm', candidates: [] },
      [readingAgent('aurora-2', { status: statusOf('aurora-2', { vars, leaderHealth: 200 }) })],
    );

    expect(text).toContain('*Only ZooKeeper says so:* it is not registered with Mesos.');
  });

  it('nobody, because of flags: each host, flag, value and right form is told', async () => {
    const down = (
      host: string,
      values: Record<string, string>,
      faults: { flag: string; says: string }[] = [],
    ) =>
      readingAgent(host, {
        status: statusOf(host, { vars: null, leaderHealth: null, flags: { sha256: 'ab', values, faults } }),
      });

    const text = await told({ kind: 'none', candidates: [] }, [
      down('aurora-1', { offer_order: 'FOO', task_assigner_modules: 'com.example.Assigner' }),
      down('aurora-2', { max_registration_delay: '6h' }),
      down('aurora-3', { tier_config: '/etc/tiers' }, [
        { flag: 'tier_config', says: '-tier_config=/etc/tiers names a file that does not exist.' },
      ]),
    ]);

    expect(text).toContain('*No scheduler survives these flags:*');
    expect(text).toContain(
      '• aurora-1: -offer_order=FOO is not a list of CPU, MEMORY, DISK, REVOCABLE_CPU, RANDOM',
    );
    expect(text).toContain(
      '• aurora-2: -max_registration_delay=6h is not a duration: a number and one of ns, us, ms',
    );
    expect(text).toContain('• aurora-3: -tier_config=/etc/tiers names a file that does not exist.');
    expect(text).toContain('Correct them in the flag file of each host, and start its scheduler again.');
    expect(text).not.toContain('Assigner');
  });

  it('one, and a flag of a standby is not what is asked for', async () => {
    const access = await eastAccess();
    const broken = statusOf('aurora-1', { flags: { sha256: 'ab', values: { offer_order: 'FOO' } } });
    const leader = readingAgent('aurora-2', { status: statusOf('aurora-2', leading) });

    const facts = await describeLeader({
      ...access,
      agents: [readingAgent('aurora-1', { status: broken }), leader],
    });

    expect(facts.flagFaults).toHaveLength(1);
    expect(renderLeader(facts, null, now).text).not.toContain('offer_order');
  });

  it('nobody, and nobody waits', async () => {
    expect(await told({ kind: 'none', candidates: [] })).toContain('no candidate waits');
  });

  it('several, an unreadable entry, and no answer are three different things', async () => {
    const several = await told({
      kind: 'several',
      members: [
        { node: 'm1', endpoint: { host: 'a', port: 1 } },
        { node: 'm2', endpoint: { host: 'b', port: 2 } },
      ],
      candidates: [],
    });
    const malformed = await told({
      kind: 'malformed',
      members: [{ node: 'm1', problem: 'not JSON: <!channel>' }],
      candidates: [],
    });
    const silent = await told({
      kind: 'unreachable',
      error: new AuroraError({
        code: 'zookeeper-unreachable',
        message: 'No server answers.',
        hint: 'Look at `zk`.',
      }),
    });

    expect(several).toContain('*ZooKeeper names 2 leaders of `east`:* `a:1`, `b:2`.');
    expect(malformed).toContain('m1: not JSON: &lt;!channel&gt;');
    expect(silent).toContain('*ZooKeeper of `east` cannot be asked:* No server answers.');
    expect(silent).toContain('Look at `zk`.');
  });
});
