import { describe, expect, test } from 'vitest';
import { AuroraError } from '../../src/aurora/errors.ts';
import type { HostStatus } from '../../src/aurora/hosts.ts';
import type { Candidate, LeaderAnswer } from '../../src/aurora/leader.ts';
import { explainClaims } from '../../src/aurora/leader-words.ts';
import { judgeLeadership } from '../../src/aurora/leadership.ts';
import { east, leading, statusOf } from '../slack/support/cluster.ts';

const ofHost = (n: number) => ({ name: `aurora-${n}`, advertised: `10.0.3.1${n}` });
const candidate = (n: number, sequence: number): Candidate => ({
  node: `_c_x-lock-000000000${sequence}`,
  sequence,
  host: ofHost(n).advertised,
});
const one = (host = ofHost(2).advertised, port = 8081): LeaderAnswer => ({
  kind: 'one',
  endpoint: { host, port },
  node: 'member_0000000007',
  candidates: [candidate(2, 1)],
});
const none = (...candidates: Candidate[]): LeaderAnswer => ({ kind: 'none', candidates });
const awaiting = (n: number): HostStatus =>
  statusOf(ofHost(n).name, {
    vars: { scheduler_lifecycle_LEADER_AWAITING_REGISTRATION: 1 },
    leaderHealth: 502,
  });
const leader = (changes: Partial<HostStatus> = {}): HostStatus =>
  statusOf(ofHost(2).name, { ...leading, ...changes });

const judge = (auroraVersion: string, statuses: readonly HostStatus[], answer: LeaderAnswer | null) =>
  judgeLeadership({ hosts: east.hosts, auroraVersion }, { statuses, answer });

describe('one leads', () => {
  test.each<[string, string, Partial<HostStatus>]>([
    ['0.22.0', 'all that it says agrees', {}],
    ['0.13.0', 'all that it says agrees', {}],
    ['0.12.0', 'there is no health page', { leaderHealth: 404 }],
    ['0.5.0', 'there is no health page', { leaderHealth: 404 }],
    ['0.9.0', 'the page that the release does not have did not answer', { leaderHealth: null }],
  ])('in %s when it is advertised and %s', (version, _why, changes) => {
    const status = leader(changes);

    const judged = judge(version, [statusOf('aurora-1'), status], one());

    expect(judged).toMatchObject({ leader: status, advertised: { host: 'aurora-2', status, doubts: [] } });
    expect(judged).toMatchObject({ registered: [status], claiming: [], elected: null, stale: [] });
  });

  test('whatever the case of the name that it is advertised under', () => {
    const hosts = east.hosts.map((host) => ({ ...host, advertised: `${host.name}.Example.org` }));
    const answer = one('AURORA-2.example.org.');

    const judged = judgeLeadership(
      { hosts, auroraVersion: '0.22.0' },
      { statuses: [statusOf('aurora-1'), leader()], answer },
    );

    expect(judged).toMatchObject({ leader: { host: 'aurora-2' } });
  });

  const standby = { scheduler_lifecycle_STORAGE_PREPARED: 1 };
  test.each<[string, string, Partial<HostStatus>, string[]]>([
    ['0.22.0', 'its pages are silent', { vars: null }, ['its scheduler does not answer on its own page']],
    ['0.12.0', 'its pages are silent', { vars: null }, ['its scheduler does not answer on its own page']],
    ['0.13.0', 'has no page', { leaderHealth: 404 }, ['its own health page says HTTP 404']],
    ['0.22.0', 'its page is silent', { leaderHealth: null }, ['its own health page says nothing']],
    ['0.22.0', 'nobody leads', { leaderHealth: 502 }, ['its own health page says nobody leads']],
    ['0.22.0', 'another one leads', { leaderHealth: 503 }, ['its own health page says another one leads']],
    [
      '0.22.0',
      'stands by, and a stale node is its own',
      { vars: standby },
      ['its lifecycle says STORAGE_PREPARED, not ACTIVE'],
    ],
    ['0.9.0', 'stands by', { vars: standby }, ['its lifecycle says STORAGE_PREPARED, not ACTIVE']],
    ['0.9.0', 'is in no state', { vars: {} }, ['its lifecycle says nothing, not ACTIVE']],
    [
      '0.22.0',
      'is not registered',
      { vars: { scheduler_lifecycle_ACTIVE: 1, framework_registered: 0 }, leaderHealth: 503 },
      ['it is not registered with Mesos', 'its own health page says another one leads'],
    ],
  ])('in %s is doubted when the advertised one says: %s', (version, _why, changes, doubts) => {
    const judged = judge(version, [leader(changes)], one());

    expect(judged.leader).toBeNull();
    expect(judged.advertised).toMatchObject({ host: 'aurora-2', doubts });
  });

  test('is not known when its host did not answer, and nothing is said against it', () => {
    const judged = judge('0.22.0', [statusOf('aurora-1')], one());

    expect(judged.leader).toBeNull();
    expect(judged.advertised).toMatchObject({ host: 'aurora-2', status: null, doubts: [] });
  });

  test.each([
    ['host', one('10.9.9.9')],
    ['port', one('10.0.3.12', 8082)],
  ])('is a stranger by its %s', (_what, answer) => {
    const judged = judge('0.22.0', [leader()], answer);

    expect(judged.leader).toBeNull();
    expect(judged.advertised).toMatchObject({ host: null, status: null });
  });

  const members = [
    { node: 'm1', endpoint: { host: '10.0.3.11', port: 8081 } },
    { node: 'm2', endpoint: { host: '10.0.3.12', port: 8081 } },
  ];
  test.each<[string, LeaderAnswer | null]>([
    ['nobody is advertised', none()],
    ['several are advertised', { kind: 'several', members, candidates: [] }],
    [
      'the node cannot be read',
      { kind: 'malformed', members: [{ node: 'm1', problem: 'no JSON' }], candidates: [] },
    ],
    [
      'ZooKeeper is away',
      { kind: 'unreachable', error: new AuroraError({ code: 'x', message: 'x', hint: 'x' }) },
    ],
    ['ZooKeeper was not asked', null],
  ])('not when %s, whatever it says of itself; it is still seen to have registered', (_why, answer) => {
    const status = leader();

    const judged = judge('0.22.0', [status], answer);

    expect(judged).toMatchObject({ advertised: null, leader: null, registered: [status] });
  });
});

describe('one is elected', () => {
  test.each([
    ['0.17.0', 'owns the lowest election node', none(candidate(3, 5), candidate(1, 4))],
    [
      '0.16.0',
      'some node is there, because nodes name nobody',
      none({ ...candidate(3, 4), host: '127.0.0.1' }),
    ],
    [
      '0.9.0',
      'some node is there, because nodes name nobody',
      none({ ...candidate(3, 4), host: '127.0.0.1' }),
    ],
  ])('in %s when it alone believes it is elected and %s', (version, _why, answer) => {
    const status = awaiting(1);

    const judged = judge(version, [status, statusOf('aurora-3')], answer);

    expect(judged).toMatchObject({
      elected: status,
      claiming: [status],
      stale: [],
      registered: [],
      leader: null,
    });
  });

  test.each<[string, string, number[], LeaderAnswer | null, { host: string; rightful: string | null }[]]>([
    ['0.22.0', 'nobody claims it', [], none(candidate(1, 1)), []],
    [
      '0.22.0',
      'another one owns the node',
      [1],
      none(candidate(2, 1)),
      [{ host: 'aurora-1', rightful: 'aurora-2' }],
    ],
    ['0.22.0', 'two claim it', [1, 2], none(candidate(2, 1)), [{ host: 'aurora-1', rightful: 'aurora-2' }]],
    ['0.22.0', 'a stranger owns the node', [1], none({ ...candidate(1, 1), host: '10.9.9.9' }), []],
    ['0.22.0', 'there is no node', [1], none(), []],
    ['0.9.0', 'there is no node', [1], none(), []],
    [
      '0.9.0',
      'two claim it',
      [1, 2],
      none(candidate(1, 1)),
      [
        { host: 'aurora-1', rightful: null },
        { host: 'aurora-2', rightful: null },
      ],
    ],
    ['0.22.0', 'ZooKeeper was not asked', [1, 2], null, []],
    [
      '0.22.0',
      'ZooKeeper is away',
      [1],
      { kind: 'unreachable', error: new AuroraError({ code: 'x', message: 'x', hint: 'x' }) },
      [],
    ],
  ])('in %s nobody is when %s', (version, _why, claiming, answer, stale) => {
    const judged = judge(version, claiming.map(awaiting), answer);

    expect(judged.elected).toBeNull();
    expect(judged.stale).toEqual(stale);
    expect(judged.claiming.map(({ host }) => host)).toEqual(claiming.map((n) => ofHost(n).name));
  });

  test.each([
    [
      '0.22.0',
      'aurora-1 believes it is elected, but aurora-2 holds the election in ZooKeeper.',
      'the scheduler on aurora-1.',
    ],
    ['0.9.0', 'aurora-1 and aurora-2 all believe they are elected.', 'them one after the other.'],
  ])('and in %s a claim of two is told as: %s', (version, told, restart) => {
    const judged = judge(version, [awaiting(1), awaiting(2)], none(candidate(2, 1)));

    expect(explainClaims(judged)).toEqual({
      sentence: told,
      next: `If that does not change within a minute, restart ${restart}`,
    });
    expect(explainClaims(judge(version, [], none()))).toBeNull();
  });
});
