/** Each kind at its edge: what just does not, and what does. The months play them together. */
import { describe, expect, it } from 'vitest';
import { alarmKinds } from '../../src/watch/alarms/table.ts';
import { readBackups } from '../../src/watch/backups.ts';
import { beginHistory, type History, remember } from '../../src/watch/history.ts';
import { judge } from '../../src/watch/judge.ts';
import type { HostLook, Observation, SeenFile } from '../../src/watch/observation.ts';
import { defaultWatchPolicy as policy } from '../../src/watch/policy.ts';
import { east } from '../slack/support/cluster.ts';

const now = Date.UTC(2026, 10, 30, 3);
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

let serial = 0;
function file(ageMs: number, changes: Partial<SeenFile> = {}): SeenFile {
  serial += 1;
  return {
    name: `scheduler-backup-${new Date(now - ageMs).toISOString().slice(0, 16).replace(/[:T]/g, '-')}`,
    sha256: serial.toString(16).padStart(64, '0').split('').reverse().join(''),
    bytes: 1_000,
    mtimeMs: now - ageMs,
    contentAtMs: now - ageMs,
    verdict: 'ok',
    reason: null,
    tasks: 100,
    frameworkId: 'F1',
    ...changes,
  };
}

const hourly = (from: number, to: number): SeenFile[] =>
  Array.from({ length: to - from }, (_, index) => file((from + index) * hour + 20 * minute));

const facts = {
  auroraVersion: '0.22.0',
  clockAheadMs: 0,
  startedAtMs: now - 10 * day,
  flags: {},
  running: {},
  disks: [{ places: ['log'], freeBytes: 50e9, freeFiles: null }],
} as const;

const host = (n: number, changes: Partial<HostLook> = {}): HostLook => ({
  host: `aurora-${n}`,
  facts,
  why: null,
  backups: [],
  ...changes,
});

const look = (changes: Partial<Observation> = {}): Observation => ({
  atMs: now,
  hosts: [host(1), host(2, { backups: hourly(0, 24) }), host(3)],
  leader: { kind: 'leads', host: 'aurora-2' },
  logReplicas: ['10.0.3.11:8083', '10.0.3.12:8083', '10.0.3.13:8083'],
  frameworks: [
    {
      frameworkId: 'F1',
      name: 'Aurora',
      connected: true,
      failoverTimeoutMs: 21 * day,
      unregisteredAtMs: null,
    },
  ],
  certificates: [],
  proofs: 'none',
  ...changes,
});

const withFiles = (backups: readonly SeenFile[], changes: Partial<Observation> = {}): Observation =>
  look({ hosts: [host(1), host(2, { backups }), host(3)], ...changes });

function found(observation: Observation, before: Partial<History> = {}) {
  const history = remember({ ...beginHistory(now - 30 * day), ...before }, observation);
  return judge({ cluster: east, observation, history, policy }).found;
}

const kinds = (...args: Parameters<typeof found>): string[] =>
  found(...args).map(({ kind, subject }) => `${kind} ${subject}`.trim());

describe('a cluster that is well', () => {
  it('has nothing to tell', () => {
    expect(kinds(look())).toEqual([]);
  });

  it('has nothing to tell of what is not seen', () => {
    const blind = look({
      hosts: [host(1), host(2, { backups: null }), host(3)],
      logReplicas: null,
      frameworks: null,
      certificates: null,
      proofs: null,
    });
    const history = remember(beginHistory(now - 30 * day), blind);
    const verdict = judge({ cluster: east, observation: blind, history, policy });

    expect(verdict.found.map(({ kind }) => kind)).toEqual(['cannot-see', 'cannot-see']);
    expect(verdict.isUnseen({ kind: 'backup-broken', subject: '' })).toBe(true);
    expect(verdict.isUnseen({ kind: 'certificate-ends', subject: 'x' })).toBe(true);
    expect(verdict.isUnseen({ kind: 'nobody-leads', subject: '' })).toBe(false);
  });
});

describe('backups', () => {
  it.each([
    ['just young enough', 2 * hour - minute, {}, []],
    ['too old', 2 * hour + minute, {}, ['backup-late']],
    [
      'too old for an interval of its own',
      50 * minute,
      { backup_interval: '15mins', dlog_snapshot_interval: '15mins' },
      ['backup-late'],
    ],
    [
      'as old as snapshots are rare',
      3 * hour,
      { backup_interval: '1hrs', dlog_snapshot_interval: '2hrs' },
      [],
    ],
    [
      'judged by the default when the flag is nonsense',
      2 * hour + minute,
      { backup_interval: 'soon' },
      ['backup-late'],
    ],
  ])('newest one: %s', (_what, ageMs, flags, expected) => {
    const backups = [file(ageMs), file(ageMs + hour)];
    const hosts = [host(1), host(2, { backups, facts: { ...facts, flags } }), host(3)];

    expect(kinds(look({ hosts }))).toEqual(expected);
  });

  it('are not late until twice the interval after a restore', () => {
    const old = withFiles([file(5 * hour)]);

    expect(kinds(old, { sinceMs: now - hour })).toEqual([]);
    expect(kinds(old, { sinceMs: now - 3 * hour })).toEqual(['backup-late']);
  });

  it('are not late by a clock that is behind, and no younger by one that is ahead', () => {
    const behind = [
      host(1),
      host(2, { backups: [file(5 * hour)], facts: { ...facts, clockAheadMs: -5 * hour } }),
      host(3),
    ];
    const ahead = [
      host(1),
      host(2, { backups: [file(-2 * hour)], facts: { ...facts, clockAheadMs: 5 * hour } }),
      host(3),
    ];

    expect(kinds(look({ hosts: behind }))).toEqual(['hosts-disagree clocks']);
    expect(kinds(look({ hosts: ahead }))).toEqual(['backup-late', 'hosts-disagree clocks']);
  });

  it.each([
    ['broken', { verdict: 'broken', reason: 'It ends in the middle of task 7.' }, ['backup-broken']],
    ['unlivable', { verdict: 'unlivable', reason: 'A task has no events.' }, ['backup-broken']],
    ['empty', { verdict: 'suspicious', tasks: 0 }, ['backup-empty']],
    ["another framework's", { frameworkId: 'F2' }, ['backup-foreign']],
    ['without a framework', { verdict: 'suspicious', frameworkId: null }, ['backup-foreign']],
    ['down to half', { tasks: 50 }, []],
    ['down to less than half', { tasks: 49 }, ['backup-shrinking']],
    ['twice as large', { tasks: 200 }, []],
  ] as const)('newest one: %s', (_what, changes, expected) => {
    expect(kinds(withFiles([file(minute, changes), ...hourly(0, 5)]))).toEqual(expected);
  });

  it('of a cluster that never had a task are not told as empty', () => {
    expect(kinds(withFiles([file(minute, { verdict: 'suspicious', tasks: 0 })]))).toEqual([]);
  });

  it('are told as missing only when every host was seen', () => {
    const none = [host(1), host(2), host(3)];

    expect(kinds(look({ hosts: none }))).toEqual(['no-backup']);
    expect(kinds(look({ hosts: none }), { sinceMs: now - hour })).toEqual([]);
    expect(kinds(look({ hosts: [host(1), host(2), host(3, { backups: null })] }))).toEqual([]);
  });

  it('the last good one is told with what to hold when rotation is about to take it', () => {
    const bad = (count: number) =>
      Array.from({ length: count }, (_, index) => file((index + 1) * minute, { verdict: 'broken' }));
    const good = file(3 * hour);
    const of = (count: number) =>
      found(withFiles([...bad(count), good])).filter(({ kind }) => kind === 'last-backup-rotates');

    expect(of(40)).toEqual([]);
    expect(of(41)).toMatchObject([{ hold: good.sha256, severity: 'critical' }]);
  });
});

describe('hosts', () => {
  it.each([
    ['one silent agent', [1], ['agent-silent aurora-1']],
    ['all of them', [1, 2, 3], ['agent-silent all hosts']],
  ])('%s', (_what, silent, expected) => {
    const hosts = [1, 2, 3].map((n) =>
      silent.includes(n)
        ? host(n, { facts: null, why: 'It does not answer.', backups: null })
        : host(n, { backups: hourly(0, 3) }),
    );

    expect(kinds(look({ hosts })).filter((kind) => kind.startsWith('agent'))).toEqual(expected);
  });

  it('that differ in a flag, a release or their clocks are told apart', () => {
    const odd = {
      ...facts,
      auroraVersion: '0.21.0',
      clockAheadMs: 2 * minute,
      flags: { cluster_name: 'west' },
    };
    const hosts = [host(1, { facts: odd }), host(2, { backups: hourly(0, 3) }), host(3)];

    expect(kinds(look({ hosts }))).toEqual([
      'hosts-disagree flags',
      'hosts-disagree releases',
      'hosts-disagree clocks',
    ]);
  });

  it('that both write backups are told, and a change of the leader is not', () => {
    const at = (...hours: number[]) => hours.map((hours_) => file(hours_ * hour));
    const both = [host(1, { backups: at(0.4, 1.4) }), host(2, { backups: at(0.1, 1.1, 2.1) }), host(3)];
    const moved = [host(1, { backups: at(2.2, 3.2) }), host(2, { backups: at(0.1, 1.1) }), host(3)];

    expect(kinds(look({ hosts: both }))).toEqual(['hosts-disagree writers']);
    expect(kinds(look({ hosts: moved }))).toEqual([]);
  });

  it.each([
    ['is nearly full', 0.5e9, [], ['critical']],
    ['fills by the hour', 20e9, [80, 70, 60, 50, 40, 30], ['warning']],
    ['fills slowly', 20e9, [20.5, 20.4, 20.3, 20.2, 20.1, 20.05], []],
    ['has a saw', 20e9, [30, 20, 30, 20, 30, 20], []],
    ['is emptied', 60e9, [10, 20, 30, 40, 50, 55], []],
  ])('a disk that %s', (_what, freeBytes, before, expected) => {
    const samples = before.map(
      (gigabytes, index) => [now - (before.length - index) * hour, gigabytes * 1e9] as const,
    );
    const hosts = [
      host(1, { facts: { ...facts, disks: [{ places: ['log'], freeBytes, freeFiles: null }] } }),
      host(2, { backups: hourly(0, 3) }),
      host(3),
    ];

    expect(
      found(look({ hosts }), { disks: { 'aurora-1 log': samples } }).map(({ severity }) => severity),
    ).toEqual(expected);
  });
});

describe('what a cluster depends on', () => {
  it('a leader that restarts before it can write a backup', () => {
    const starts = [now - 100 * minute, now - 70 * minute, now - 40 * minute];
    const loops = withFiles([file(119 * minute)]);

    expect(kinds(loops, { starts })).toEqual(['leader-restarts']);
    expect(kinds(withFiles([file(50 * minute)]), { starts })).toEqual([]);
    expect(kinds(loops, { starts: [now - 100 * minute, now - 40 * minute, now - 30 * day].sort() })).toEqual(
      [],
    );
  });

  it.each([
    ['two of three replicas', ['10.0.3.11:8083', '10.0.3.12:8083'], []],
    ['one of three', ['10.0.3.11:8083'], ['log-quorum-short']],
    ['one, and two strangers', ['10.0.3.11:8083', '10.0.9.1:8083', '10.0.9.2:8083'], ['log-quorum-short']],
  ])('a log group with %s', (_what, logReplicas, expected) => {
    expect(kinds(look({ logReplicas }))).toEqual(expected);
  });

  it.each([
    ['disconnected for a day', day, 'warning', '20 days left'],
    ['nearly over', 20.5 * day, 'critical', '12 h left'],
    ['of unknown beginning', null, 'warning', 'at most 21 days left'],
  ])('a failover time that is %s', (_what, sinceMs, severity, says) => {
    const frameworks = [
      {
        frameworkId: 'F1',
        name: 'Aurora',
        connected: false,
        failoverTimeoutMs: 21 * day,
        unregisteredAtMs: sinceMs === null ? null : now - sinceMs,
      },
    ];
    const [alarm] = found(look({ frameworks }));

    expect(alarm).toMatchObject({ kind: 'failover-runs', severity });
    expect(alarm?.says).toContain(says);
  });

  it('a framework that the master does not know', () => {
    expect(kinds(look({ frameworks: [] }))).toEqual(['failover-runs']);
  });

  it.each([
    [14.01, []],
    [14, ['warning']],
    [13, ['warning']],
    [1, ['critical']],
    [-1, ['critical']],
  ])('a certificate that ends in %i days', (days, expected) => {
    const certificates = [
      { what: 'The certificate of the agent', host: 'aurora-1', validFromMs: 0, validToMs: now + days * day },
    ];

    expect(found(look({ certificates })).map(({ severity }) => severity)).toEqual(expected);
  });

  it('proofs: none asked for, old ones, and one that failed', () => {
    const proof = (ageMs: number, verdict: 'proven' | 'refuted' | 'unknown') => ({
      sha256: 'ab'.repeat(32),
      atMs: now - ageMs,
      tookMs: 1,
      auroraVersion: '0.22.0',
      way: 'staged' as const,
      verdict,
      says: 'It says so.',
      tasks: 1,
    });

    expect(kinds(look({ proofs: 'none' }))).toEqual([]);
    expect(kinds(look({ proofs: [] }))).toEqual([]);
    expect(kinds(look({ proofs: [proof(6 * day, 'proven'), proof(hour, 'unknown')] }))).toEqual([]);
    expect(kinds(look({ proofs: [proof(8 * day, 'proven')] }))).toEqual(['proof-old']);
    expect(kinds(look({ proofs: [proof(day, 'proven'), proof(hour, 'refuted')] }))).toEqual([
      'proof-refuted',
    ]);
  });
});

describe('what is remembered', () => {
  it('keeps its bounds, whatever the hosts have', () => {
    const many = Array.from({ length: 400 }, (_, index) => file(index * minute));
    const history = Array.from({ length: 60 }, (_, index) => index).reduce(
      (before, index) =>
        remember(before, {
          ...withFiles(many),
          atMs: now + index * hour,
          hosts: [
            host(2, {
              backups: many,
              facts: {
                ...facts,
                startedAtMs: now + index * hour,
                disks: [{ places: ['log'], freeBytes: index, freeFiles: null }],
              },
            }),
            host(1),
          ],
        }),
      beginHistory(now),
    );

    expect(Object.keys(history.written)).toHaveLength(100);
    expect(history.starts).toHaveLength(30);
    expect(history.disks['aurora-2 log']).toHaveLength(24);
  });

  it('a file that is dated ahead stays as old as it is', () => {
    const strange = file(-30 * day);
    const first = remember(beginHistory(now), withFiles([strange]));
    const later = Array.from({ length: 150 }, (_, index) => index + 1).reduce(
      (history, hours) =>
        remember(history, { ...withFiles([strange, file(-hours * hour)]), atMs: now + hours * hour }),
      first,
    );
    const observation = { ...withFiles([strange]), atMs: now + 151 * hour };

    expect(readBackups(observation, remember(later, observation)).contents).toMatchObject([
      { writtenAtMs: now },
    ]);
  });
});

it('says each kind once, and in the words of the manual', () => {
  expect(new Set(alarmKinds.map(({ kind }) => kind)).size).toBe(alarmKinds.length);
});
