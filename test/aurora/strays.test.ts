/** What stands in ZooKeeper beside a leader: who leads is said all the same, and each stray by what it does. */
import { describe, expect, test } from 'vitest';
import type { HostStatus } from '../../src/aurora/hosts.ts';
import type { LeaderAnswer, MemberEntry, NodeOrigin } from '../../src/aurora/leader.ts';
import { judgeLeadership } from '../../src/aurora/leadership.ts';
import { explainStray, findStrays } from '../../src/aurora/strays.ts';
import { east, leading, statusOf } from '../slack/support/cluster.ts';

const made = Date.UTC(2026, 10, 30, 3);
const origin = (node: string, createdZxid: number, ephemeral = true): NodeOrigin => ({
  path: `/aurora/scheduler/${node}`,
  createdAtMs: made,
  createdZxid,
  ephemeral,
});
const member = (
  node: string,
  n: number | string,
  createdZxid = 7,
  problem: string | null = null,
): MemberEntry => ({
  node,
  endpoint: { host: typeof n === 'number' ? `10.0.3.1${n}` : n, port: 8081 },
  problem,
  effect: 'counted',
  origin: origin(node, createdZxid),
});
const unread = (node: string, effect: 'skipped' | 'breaks', problem: string): MemberEntry => ({
  node,
  endpoint: null,
  problem,
  effect,
  origin: origin(node, 9, false),
});
const own = member('member_0000000007', 2);
const one = (...others: MemberEntry[]): LeaderAnswer & { kind: 'one' } => ({
  kind: 'one',
  endpoint: { host: '10.0.3.12', port: 8081 },
  node: own.node,
  candidates: [],
  entries: [own, ...others],
});
const several = (...entries: MemberEntry[]): LeaderAnswer => ({
  kind: 'several',
  members: entries.flatMap(({ node, endpoint }) => (endpoint === null ? [] : [{ node, endpoint }])),
  candidates: [],
  entries,
});
const leader = (changes: Partial<HostStatus> = {}): HostStatus =>
  statusOf('aurora-2', { ...leading, ...changes });
const standby = (n: number, changes: Partial<HostStatus> = {}): HostStatus =>
  statusOf(`aurora-${n}`, changes);
const look = (answer: LeaderAnswer, statuses: readonly HostStatus[]) => {
  const judged = judgeLeadership(east, { statuses, answer });
  return {
    leader: judged.leader?.host ?? null,
    strays: findStrays(east, answer, judged).map(
      ({ problem, effect, origin: { path } }) => `${path.split('/').at(-1)} ${effect}: ${problem}`,
    ),
  };
};

describe('who leads is said whenever the schedulers agree, beside', () => {
  test.each<[string, LeaderAnswer, number, string]>([
    [
      'one that is not JSON',
      one(unread('member_0000000009', 'skipped', 'its data is not JSON')),
      200,
      'member_0000000009 skipped: its data is not JSON',
    ],
    [
      'one that breaks every answer',
      one(unread('member_0000000009', 'breaks', 'it has no data')),
      500,
      'member_0000000009 breaks: it has no data',
    ],
    [
      'one of a stranger',
      several(own, member('member_0000000009', '10.9.9.9')),
      502,
      'member_0000000009 counted: it names 10.9.9.9:8081, and aurora-2 leads',
    ],
    [
      'one of another host, which stands by',
      several(own, member('member_0000000009', 3)),
      502,
      'member_0000000009 counted: it names aurora-3, and aurora-2 leads',
    ],
    [
      'one without a number in its name',
      several(own, member('member_abc', 2, 9, 'its name has no number')),
      502,
      'member_abc counted: its name has no number',
    ],
    [
      'one whose status is DEAD',
      several(own, member('member_0000000009', 3, 9, 'its status is not ALIVE')),
      502,
      'member_0000000009 counted: its status is not ALIVE',
    ],
    [
      'its own of before a restart',
      several(member('member_0000000003', 2, 3), own),
      502,
      'member_0000000003 counted: it is another one of aurora-2',
    ],
  ])('%s', (_what, answer, leaderHealth, stray) => {
    const seen = look(answer, [standby(1), leader({ leaderHealth }), standby(3)]);

    expect(seen).toEqual({ leader: 'aurora-2', strays: [stray] });
  });

  test("a stranger's election node of the lowest number, which is in the way of the next election", () => {
    const answer: LeaderAnswer = {
      ...one(),
      candidates: [
        {
          node: '_c_x-lock-0000000000',
          sequence: 0,
          host: 'nobody',
          origin: origin('_c_x-lock-0000000000', 99),
        },
        {
          node: '_c_y-lock-0000000001',
          sequence: 1,
          host: '10.0.3.12',
          origin: origin('_c_y-lock-0000000001', 1),
        },
      ],
    };

    const seen = look(answer, [leader()]);

    expect(seen).toEqual({
      leader: 'aurora-2',
      strays: ['_c_x-lock-0000000000 elects-nobody: it is an election node of nobody'],
    });
  });
});

describe('nobody is called the leader of several when', () => {
  const two = several(own, member('member_0000000009', 3));
  test.each<[string, readonly HostStatus[]]>([
    ['both say that they lead', [leader(), standby(3, leading)]],
    ['none says that it leads', [standby(2), standby(3)]],
    ['the other one does not answer', [leader(), standby(3, { vars: null })]],
    ['the agent of the other one does not answer', [leader()]],
    ['who says so is named by none of them', [standby(1, leading), standby(2), standby(3)]],
  ])('%s, and no entry is called a stray', (_why, statuses) => {
    expect(look(two, statuses)).toEqual({ leader: null, strays: [] });
  });

  test('but a stopped one does not lead', () => {
    const { scheduler } = standby(3);
    const stopped = standby(3, { vars: null, scheduler: { ...scheduler, service: 'stopped' } });

    expect(look(two, [leader(), stopped]).leader).toBe('aurora-2');
  });
});

describe('a health page is believed unless the entries explain it', () => {
  test.each<[string, LeaderAnswer, number | null, string | null]>([
    ['502 beside one that is skipped', one(unread('member_9', 'skipped', 'x')), 502, null],
    ['502 beside one that breaks', one(unread('member_9', 'breaks', 'x')), 502, null],
    ['500 without an entry', one(), 500, null],
    ['503 beside a second one', several(own, member('member_0000000009', 3)), 503, null],
    ['nothing beside one that breaks', one(unread('member_9', 'breaks', 'x')), null, null],
    [
      '500 beside one that breaks and a second one',
      several(own, member('m', 3), unread('n', 'breaks', 'x')),
      500,
      'aurora-2',
    ],
  ])('%s', (_what, answer, leaderHealth, expected) => {
    expect(look(answer, [leader({ leaderHealth }), standby(3)]).leader).toBe(expected);
  });
});

test('a stale entry is one where its host denies it and another one says that it leads', () => {
  const stale = one();

  expect(look(stale, [standby(1, leading), standby(2)])).toEqual({
    leader: null,
    strays: ['member_0000000007 misleads: it names aurora-2, and aurora-1 leads'],
  });
  expect(look(stale, [standby(1, leading)]).strays).toEqual([]);
  expect(look(stale, [standby(1), standby(2)]).strays).toEqual([]);
});

test('the only entry of the leader is never called a stray, whatever is wrong with it', () => {
  const dead: LeaderAnswer = {
    kind: 'one',
    endpoint: { host: '10.0.3.12', port: 8081 },
    node: 'member_abc',
    candidates: [],
    entries: [member('member_abc', 2, 7, 'its status is not ALIVE')],
  };

  expect(look(dead, [leader()])).toEqual({ leader: 'aurora-2', strays: [] });
});

test('one that claims the election holds it although a stranger wrote a lower number later', () => {
  const awaiting = statusOf('aurora-1', {
    vars: { scheduler_lifecycle_LEADER_AWAITING_REGISTRATION: 1 },
    leaderHealth: 502,
  });
  const candidates = [
    { node: 'a', sequence: 0, host: 'nobody', origin: origin('a', 99) },
    { node: 'b', sequence: 4, host: '10.0.3.11', origin: origin('b', 4) },
  ];

  const judged = judgeLeadership(east, { statuses: [awaiting], answer: { kind: 'none', candidates } });

  expect(judged).toMatchObject({ elected: awaiting, stale: [] });
});

describe('explainStray()', () => {
  const about = {
    servers: ['zk1:2181', 'zk2:2181'],
    now: made + 90_000,
    ageText: (ms: number) => `${ms} ms`,
  };

  test('says what it does, how old it is, that it stays, and what removes it', () => {
    const stray = {
      problem: 'it has no data',
      effect: 'breaks',
      origin: origin('member_abc', 1, false),
    } as const;

    expect(explainStray(stray, about)).toEqual({
      sentence:
        '/aurora/scheduler/member_abc: it has no data. Every scheduler answers clients with HTTP 500 because of it. It is persistent and 90000 ms old.',
      next: 'It stays until somebody removes it with',
      command: 'zkCli.sh -server zk1:2181,zk2:2181 delete /aurora/scheduler/member_abc',
    });
  });

  test('says of an ephemeral one that it goes, and quotes what a shell would not take', () => {
    const stray = { problem: 'x', effect: 'skipped', origin: origin("member_$(x)'", 1) } as const;

    const words = explainStray(stray, about);

    expect(words.next).toContain('It goes when the session that made it ends.');
    expect(words.command).toContain(String.raw`delete '/aurora/scheduler/member_$(x)'\'''`);
  });
});
