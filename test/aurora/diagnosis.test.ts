import { describe, expect, test } from 'vitest';
import { type ClusterLook, diagnose } from '../../src/aurora/diagnosis.ts';
import { AuroraError } from '../../src/aurora/errors.ts';
import type { HostStatus } from '../../src/aurora/hosts.ts';
import type { Candidate, LeaderAnswer } from '../../src/aurora/leader.ts';
import { east, leading, statusOf } from '../slack/support/cluster.ts';

const candidate = (n: number): Candidate => ({
  node: `_c_x-lock-000000000${n}`,
  sequence: n,
  host: `10.0.3.1${n}`,
});
const all = [candidate(1), candidate(2), candidate(3)];
const none: LeaderAnswer = { kind: 'none', candidates: all };
const names = (n: number): LeaderAnswer => ({
  kind: 'one',
  endpoint: { host: `10.0.3.1${n}`, port: 8081 },
  node: 'member_1',
  candidates: all,
});
const host = (n: number, changes: Partial<HostStatus> = {}) => statusOf(`aurora-${n}`, changes);
const scheduler = (changes: Partial<HostStatus['scheduler']>): Partial<HostStatus> => ({
  scheduler: { ...host(1).scheduler, ...changes },
});
const stopped = scheduler({ service: 'stopped', httpPortOpen: false });
const awaiting = (uptime: number): Partial<HostStatus> => ({
  vars: { scheduler_lifecycle_LEADER_AWAITING_REGISTRATION: 1, jvm_uptime_secs: uptime },
  leaderHealth: 502,
});
const look = (changes: Partial<ClusterLook>): ClusterLook => ({
  cluster: east,
  statuses: [host(1), host(2, leading), host(3)],
  answer: names(2),
  logReplicas: 3,
  storageReady: null,
  ...changes,
});

describe('how a cluster is', () => {
  test('healthy: it says so, and needs no cure', () => {
    expect(diagnose(look({}))).toEqual({
      kind: 'healthy',
      says: 'aurora-2 leads, registered, 3 of 3 log replicas: it looks healthy.',
      cure: '',
    });
  });

  test.each<[string, string, Partial<ClusterLook>, RegExp, RegExp]>([
    [
      'nobody-runs',
      'every scheduler is stopped',
      { statuses: [host(1, stopped), host(2, stopped), host(3, stopped)], answer: none, logReplicas: 0 },
      /^No scheduler runs on aurora-1, aurora-2 and aurora-3\.$/,
      /^Start the schedulers first\. .* you need no restore\.$/,
    ],
    [
      'restarts',
      'its service manager starts one again and again',
      { statuses: [host(1, { ...scheduler({ restarts: 7 }), vars: null }), host(2), host(3)], answer: none },
      /keeps restarting on aurora-1 \(7 times\)/,
      /^Read the end of its log first\./,
    ],
    [
      'log-group-short',
      'two of three are stopped and the third is elected',
      {
        statuses: [host(1, awaiting(600)), host(2, stopped), host(3, stopped)],
        answer: none,
        logReplicas: 1,
        storageReady: false,
      },
      /^Only 1 of 3 log replicas are there, and 2 are needed\.$/,
      /^Start the schedulers on aurora-2 and aurora-3 first/,
    ],
    [
      'storage-not-ready',
      'one is elected for long and its storage never comes',
      { statuses: [host(1, awaiting(360)), host(2), host(3)], answer: none, storageReady: false },
      /^aurora-1 is elected, and its storage is not ready 6 min after its start\.$/,
      /usual log directory and quorum size\. If they do, a restore is for this\.$/,
    ],
    [
      'storage-not-ready',
      'one was started just now',
      { statuses: [host(1, awaiting(12)), host(2), host(3)], answer: none, storageReady: false },
      /12 s after its start/,
      /^Wait a minute/,
    ],
    [
      'mesos-away',
      'one is elected, ready, and not registered',
      { statuses: [host(1, awaiting(600)), host(2), host(3)], answer: none, storageReady: true },
      /waits to register with Mesos/,
      /a restore does not help\.$/,
    ],
    [
      'mesos-away',
      'the leader has lost Mesos',
      {
        statuses: [
          host(1),
          host(2, { ...leading, vars: { ...leading.vars, framework_registered: 0 } }),
          host(3),
        ],
      },
      /^aurora-2 is elected/,
      /Mesos master/,
    ],
    [
      'hung',
      'they run and their ports are closed',
      {
        statuses: [1, 2, 3].map((n) => host(n, { ...scheduler({ httpPortOpen: false }), vars: null })),
        answer: none,
      },
      /port is closed/,
      /restart it first/,
    ],
    [
      'no-leader',
      'they run and nobody is elected',
      { statuses: [host(1), host(2), host(3)], answer: { kind: 'none', candidates: [] } },
      /none is elected/,
      /reach ZooKeeper/,
    ],
    [
      'contested',
      'one says that it leads, and ZooKeeper names nobody',
      { statuses: [host(1), host(2, leading), host(3)], answer: none },
      /^The hosts and ZooKeeper do not name the same leader\.$/,
      /no restore cures that\.$/,
    ],
    [
      'contested',
      'two believe they are elected, as after ZooKeeper was away',
      { statuses: [host(1, awaiting(600)), host(2, awaiting(600)), host(3)], answer: none },
      /^aurora-1 and aurora-2 believe they are elected/,
      /restart the scheduler that believes it is elected/,
    ],
    ['unseen', 'no agent answers', { statuses: [] }, /^No host agent answers/, /^Start the agents first/],
    [
      'unseen',
      'the agent of the leader does not answer',
      { statuses: [host(1), host(3)] },
      /^ZooKeeper names aurora-2 as the leader, and no agent there answers/,
      /may be healthy/,
    ],
    [
      'unseen',
      'ZooKeeper does not answer',
      {
        answer: {
          kind: 'unreachable',
          error: new AuroraError({ code: 'zookeeper-unreachable', message: 'away', hint: 'wait' }),
        },
      },
      /^ZooKeeper does not answer/,
      /without a restore\.$/,
    ],
  ])('%s, when %s', (kind, _when, changes, says, cure) => {
    const found = diagnose(look(changes));

    expect(found.says).toMatch(says);
    expect(found.cure).toMatch(cure);
    expect(found.kind).toBe(kind);
  });

  test('a standby that ZooKeeper names is no leader, and no restore cures it', () => {
    const found = diagnose(look({ answer: names(1), statuses: [host(1), host(2), host(3)] }));

    expect(found.kind).not.toBe('healthy');
    expect(found.cure).not.toBe('');
  });
});
