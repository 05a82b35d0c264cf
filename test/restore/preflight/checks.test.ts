/** Every check of step 1 in the words an operator reads: what passes, what warns, what refuses. */
import { describe, expect, it } from 'vitest';
import { AuroraError } from '../../../src/aurora/errors.ts';
import type { HostPaths } from '../../../src/aurora/hosts.ts';
import type { MemberEntry, NodeOrigin } from '../../../src/aurora/leader.ts';
import type { FrameworkFacts } from '../../../src/aurora/mesos.ts';
import { signsOfFlags } from '../../../src/aurora/release-signs.ts';
import { heldReconciliationFlags, recoveryFlags } from '../../../src/aurora/restore-flags.ts';
import { preflightChecks } from '../../../src/restore/preflight/checks.ts';
import type { Reading } from '../../../src/restore/preflight/reading.ts';
import { frameworkId, hostPaths, originalFlags } from '../support/pretend-scene.ts';
import { minute, startedAt } from '../support/story.ts';
import { peopleCases } from './people-cases.ts';
import {
  day,
  failure,
  fine,
  resultsOf,
  statusOf,
  told,
  withFlags,
  withFlagsOnAll,
  withHost,
  withStatusOnAll,
} from './readings.ts';

/** What a reading is like, and what the operator is told of it. */
type Case = readonly [what: string, reading: Reading, expected: RegExp];

const hostDown: Reading = {
  ...fine,
  hosts: fine.hosts.slice(0, 2),
  unreachable: [
    {
      host: 'aurora-3',
      error: new AuroraError({
        code: 'agent-unreachable',
        message: 'The agent of aurora-3 does not answer.',
        hint: 'Start it.',
      }),
    },
  ],
};
const recoveryTool: Reading = { ...fine, procedure: 'recovery-tool' };
const paths = (changes: Partial<HostPaths>): Reading =>
  withHost({ status: { paths: { ...hostPaths, ...changes } } });
/** A host whose scheduler was started with these flags, which stand in its file. */
const running = (flags: Record<string, string>): Reading => {
  const processFlags = { ...originalFlags, ...flags };
  const { scheduler } = statusOf('aurora-2');
  return withHost({
    host: 'aurora-2',
    status: {
      flags: { sha256: 'ef'.repeat(32), values: processFlags },
      scheduler: { ...scheduler, processFlags },
    },
  });
};
/** The same when the process answers nothing. */
const dead = (flags: Record<string, string>): Reading => {
  const reading = running(flags);
  return {
    ...reading,
    hosts: reading.hosts.map((seen) =>
      seen.host === 'aurora-2' ? { ...seen, status: { ...seen.status, vars: null } } : seen,
    ),
  };
};
const withFaults = (flag: string, says: string): Reading => {
  const reading = running({});
  return {
    ...reading,
    hosts: reading.hosts.map((seen) =>
      seen.host === 'aurora-2'
        ? { ...seen, status: { ...seen.status, flags: { ...seen.status.flags, faults: [{ flag, says }] } } }
        : seen,
    ),
  };
};
const nodeOrigin = (node: string, ephemeral: boolean): NodeOrigin => ({
  path: `/aurora/east/scheduler/${node}`,
  createdAtMs: startedAt - 180 * minute,
  createdZxid: 9,
  ephemeral,
});
/** An entry beside the one of the leader. */
const beside = (entry: MemberEntry): Reading => ({
  ...fine,
  leader: {
    kind: 'one',
    endpoint: { host: 'aurora-1', port: 8081 },
    node: 'member_0',
    candidates: [],
    entries: [entry],
  },
});
const inElection = (ephemeral: boolean): Reading => ({
  ...fine,
  leader: {
    kind: 'none',
    candidates: [
      {
        node: '_c_1-lock-0000000000',
        sequence: 0,
        host: 'nobody',
        origin: nodeOrigin('_c_1-lock-0000000000', ephemeral),
      },
    ],
  },
});
const framework = (changes: Partial<FrameworkFacts>): Reading => ({
  ...fine,
  frameworks: {
    ok: true,
    value: [
      {
        frameworkId,
        name: 'Aurora',
        connected: true,
        failoverTimeoutMs: 21 * day,
        unregisteredAtMs: null,
        ...changes,
      },
    ],
  },
});
const gone = (sinceMs: number, timeoutMs: number): Reading =>
  framework({ connected: false, unregisteredAtMs: startedAt - sinceMs, failoverTimeoutMs: timeoutMs });
const backup = (changes: Partial<Extract<Reading['backup'], { ok: true }>['value']>): Reading => ({
  ...fine,
  backup: {
    ok: true,
    value: {
      bytes: 1_800,
      sha256: 'ab',
      frameworkId,
      timestampMs: startedAt - 10 * minute,
      verdict: 'ok',
      reasons: [],
      ...changes,
    },
  },
});
/** One certificate, of aurora-2's agent, that begins and ends so long from now. */
const certificate = (ends: { inMs: number; beginsInMs?: number; host?: string }): Reading => ({
  ...fine,
  certificates: [
    {
      what: 'The certificate of the agent',
      ...(ends.host !== undefined && { host: ends.host }),
      validFromMs: startedAt + (ends.beginsInMs ?? -day),
      validToMs: startedAt + ends.inMs,
    },
  ],
});
const killing = (changes: { elements?: number }): Reading => ({
  ...fine,
  backup: {
    ok: true,
    value: {
      bytes: 1_800,
      sha256: 'ab',
      frameworkId: null,
      timestampMs: startedAt,
      verdict: 'unlivable',
      reasons: ['It has none.'],
      unlivable: { elements: 1, tasksToLeaveOut: 1, shown: [], ...changes },
    },
  },
});
const disk = (changes: object): Reading =>
  withHost({
    status: { disk: { freeBytes: 1e12, backupsFreeBytes: 1e12, heldFreeBytes: 1e12, ...changes } },
  });
const mib = 1024 ** 2;
const oneDisk = (freeMib: number) => ({
  places: ['log', 'backups', 'state', 'flags'] as const,
  freeBytes: freeMib * mib,
  freeFiles: null,
});
const sameEverywhere = (freeMib: number): object => {
  const freeBytes = freeMib * mib;
  return { freeBytes, backupsFreeBytes: freeBytes, heldFreeBytes: freeBytes };
};
/** A backup of that many MiB, and the disks of aurora-2. */
const large = (backupMib: number, disks: object): Reading => ({
  ...disk(disks),
  backup: {
    ok: true,
    value: {
      bytes: backupMib * mib,
      sha256: 'ab',
      frameworkId,
      verdict: 'ok',
      reasons: [],
      timestampMs: fine.now - 600_000,
    },
  },
});
const configuredAs = (changes: Partial<Reading['cluster']['hosts'][number]>): Reading => ({
  ...fine,
  cluster: {
    ...fine.cluster,
    hosts: fine.cluster.hosts.map((host) => (host.name === 'aurora-2' ? { ...host, ...changes } : host)),
  },
});
const candidatesOf = (...names: readonly string[]): Reading['leader'] => ({
  kind: 'none',
  candidates: names.map((host, sequence) => ({ node: `_c_${sequence}`, sequence, host })),
});
const advertising = (host: string, port: number): Reading => ({
  ...fine,
  leader: { kind: 'one', endpoint: { host, port }, node: 'member_0', candidates: [] },
});
const service = (restarts: number | null | undefined, upSecs: number | null): Reading => {
  const { restarts: _, ...scheduler } = statusOf('aurora-2').scheduler;
  return withHost({
    status: {
      scheduler: { ...scheduler, ...(restarts !== undefined && { restarts }) },
      vars: upSecs === null ? null : { jvm_uptime_secs: upSecs },
    },
  });
};
const zookeeperDown = new AuroraError({
  code: 'zookeeper-unreachable',
  message: 'ZooKeeper at zk-1:2181 does not answer.',
  hint: 'Look at it.',
});

const cases: Readonly<Record<string, readonly Case[]>> = {
  'hosts reachable': [
    ['all agents answer', fine, /^pass 3 of 3 agents answer\.$/],
    ['an agent that is down', hostDown, /^refuse The agent of aurora-3 does not answer\. Start it\.$/],
  ],
  'same release configured': [
    ['all are the same', fine, /^pass All agents are configured for Aurora 0\.22\.0\.$/],
    [
      'an agent of another version',
      withHost({ status: { agentVersion: '0.0.9' } }),
      /^warn The agents are of different versions: .*aurora-2 has 0\.0\.9.* Finish that rollout/,
    ],
    [
      'an agent configured for another release',
      withHost({ status: { auroraVersion: '0.20.0' } }),
      /^refuse aurora-2: the agent is configured for Aurora 0\.20\.0, the bot for 0\.22\.0\. Set the release/,
    ],
  ],
  'release as shown': [
    ['nothing contradicts', fine, /^pass Nothing that the hosts show contradicts Aurora 0\.22\.0\.$/],
    [
      'a host that shows nothing',
      withHost({ signs: [] }),
      /^warn aurora-2: nothing there shows which release runs/,
    ],
    [
      'a flag of another release',
      withHost({ signs: signsOfFlags(['zk_use_curator']) }),
      /^refuse aurora-2: it is configured as Aurora 0\.22\.0, but its flags hold -zk_use_curator, as only 0\.14 to 0\.18 does\./,
    ],
  ],
  'mesos-log present': [
    ['it is there', fine, /^pass `mesos-log` is on every host\.$/],
    [
      'it is missing',
      withHost({ status: { mesosLog: { present: false } } }),
      /^refuse aurora-2: `mesos-log` is missing\. Install it/,
    ],
  ],
  'recovery tool present': [
    ['staged', withHost({ status: { recoveryTool: { present: false } } }), /^pass This procedure needs none/],
    ['it is there', recoveryTool, /^pass aurora-2, which has the backup, has the tool\.$/],
    [
      'it is missing where the backup is',
      {
        ...withHost({ status: { recoveryTool: { present: false } } }),
        procedure: 'recovery-tool',
      },
      /^refuse aurora-2 has the backup and no recovery tool; aurora-1 and aurora-3 would have one\. Describe/,
    ],
  ],
  'backup directory writable': [
    ['it is', fine, /^pass Every agent can write into the backup directory\.$/],
    [
      'it is not',
      withHost({ status: { backupDir: { path: '/b', writable: false, files: 3 } } }),
      /^refuse aurora-2: \/b cannot be written by the agent\. Fix its owner/,
    ],
  ],
  'backup that schedulers survive': [
    ['it can', fine, /^pass Nothing in the backup is known to kill a scheduler/],
    [
      'tasks of it kill',
      killing({}),
      /^refuse No scheduler survives scheduler-backup-2026-11-23-16-30 from aurora-2; .* It has none\. Choose another backup\. If there is none, propose it again and tick/,
    ],
    [
      'tasks of it kill, and will be left out',
      { ...killing({}), chosen: { ...fine.chosen, leaveOut: true } },
      /^pass The tasks that no scheduler survives have to be left out/,
    ],
    [
      'the same with the recovery tool',
      { ...killing({}), chosen: { ...fine.chosen, leaveOut: true }, procedure: 'recovery-tool' },
      /^refuse .* The recovery tool takes a backup as it is/,
    ],
    [
      'more than tasks kills',
      killing({ elements: 2 }),
      /^refuse .* Choose another backup: `\/aurora backups`/,
    ],
    ['an old log is brought back instead', { ...killing({}), procedure: 'set-aside-log' }, /^pass/],
    [
      'a backup that cannot be read',
      { ...fine, backup: failure('backup-missing', 'There is no such backup.') },
      /^warn whether a scheduler survives the backup could not be seen: There is no such backup\./,
    ],
  ],
  'signatures of people': peopleCases,
  certificates: [
    ['nothing speaks TLS', fine, /^pass None are in use\.$/],
    ['they last', certificate({ inMs: 20 * day }), /^pass None of 1 certificates ends within 20 days\.$/],
    [
      'one ends within two weeks',
      certificate({ inMs: 13 * day, host: 'aurora-2' }),
      /^warn aurora-2: the certificate of the agent ends in 13 days\. Renew it soon\.$/,
    ],
    [
      'one ends before a restore would',
      certificate({ inMs: 40 * minute, host: 'aurora-2' }),
      /^refuse aurora-2: the certificate of the agent ends in 40 min, and a restore may take \d h.* Renew it before/,
    ],
    [
      'one has ended',
      certificate({ inMs: -minute }),
      /^refuse The certificate of the agent ended 60 s ago\./,
    ],
    [
      'one is not valid yet',
      certificate({ inMs: day, beginsInMs: 60 * minute }),
      /^refuse The certificate of the agent is not valid yet: it begins in 1 h\. Compare the clocks/,
    ],
  ],
  // The rest is in proven-backup.test.ts.
  'backup not refuted': [['nobody tried', fine, /^pass No host has proven or refuted it\.$/]],
  'time of the backup': [
    ['it is from before', fine, /^pass The backup is 10 min old by the bot's clock\.$/],
    ['its clock is a little ahead', backup({ timestampMs: startedAt + 30_000 }), /^pass/],
    [
      'its time lies ahead of the bot',
      backup({ timestampMs: startedAt + 180 * minute }),
      /^warn The timestamp of the backup is 3 h ahead of the bot's clock: the clocks disagree, .* one more signer/,
    ],
    [
      'microseconds where milliseconds belong',
      backup({ timestampMs: startedAt * 1_000 }),
      /^warn The timestamp of the backup is \d+ days ahead of the bot's clock/,
    ],
    [
      'written by a machine that had started in 1970',
      { ...backup({ timestampMs: 86_400_000 }), now: Date.UTC(2026, 10, 30) },
      /^warn The timestamp of the backup is from before Aurora existed: .* one more signer/,
    ],
    [
      'it names no time',
      backup({ timestampMs: null }),
      /^refuse The backup has no timestamp\. Choose another/,
    ],
    ['it is broken, which another check says', backup({ timestampMs: null, verdict: 'broken' }), /^pass/],
  ],
  'disk room': [
    ['there is', fine, /^pass There is room .* at least 931 GiB are free beside a log\.$/],
    [
      'an agent that does not tell of all disks',
      withHost({ status: { disk: { freeBytes: 1e12 } } }),
      /^warn aurora-2: how much room there is for copies of the backup cannot be seen/,
    ],
    [
      'a backup that cannot be read',
      { ...fine, backup: failure('backup-missing', 'There is no such backup.') },
      /^warn aurora-1: whether there is room for copies of the backup cannot be told/,
    ],
    [
      'too little beside the log',
      disk({ freeBytes: 60_000_000 }),
      /^refuse aurora-2: there is not enough room on the disk of the log: 57 MiB free, 111 MiB needed \(95 MiB for two more logs .* to spare\)\. Free some/,
    ],
    [
      'too little for the placed copy',
      disk({ backupsFreeBytes: 1_000 }),
      /^refuse aurora-2: there is not enough room on the disk of the backups: 0 MiB free/,
    ],
    [
      'too little for the held copy',
      disk({ heldFreeBytes: 1_000 }),
      /^refuse aurora-2: there is not enough room on the disk of paths\.state: 0 MiB free/,
    ],
    [
      'log, placed copy and held copy on one disk, each of which would fit alone',
      large(400, { fileSystems: [oneDisk(430)] }),
      /^refuse aurora-2: there is not enough room on the disk of the log, the backups, paths\.state and the flag file: 430 MiB free, 9\d\d MiB needed \(95 MiB for two more logs of the size of this one, 400 MiB for the placed copy of the backup, 400 MiB for the held copy and 16 MiB to spare\)/,
    ],
    [
      'the same of an agent that tells only how much is free',
      large(400, sameEverywhere(430)),
      /^refuse aurora-2: .* on the disk of the log, the backups and paths\.state: 430 MiB free, 9\d\d MiB needed/,
    ],
    ['one disk with room for all of it', large(400, { fileSystems: [oneDisk(1_000)] }), /^pass/],
    [
      'a root disk with no room for flag files',
      disk({ fileSystems: [{ places: ['flags'], freeBytes: 0, freeFiles: null }] }),
      /^refuse aurora-2: there is not enough room on the disk of the flag file: 0 MiB free/,
    ],
    [
      'a disk without inodes',
      disk({ fileSystems: [{ ...oneDisk(1_000_000), freeFiles: 7 }] }),
      /^refuse aurora-2: the disk of .* takes only 7 more files \(df -i\)\./,
    ],
    [
      'an old log that is copied, and larger than the one that runs',
      {
        ...withHost({
          status: {
            disk: { freeBytes: 1e12, fileSystems: [oneDisk(700)] },
            setAsideLogs: [{ restoreId: 'R1', files: 9, bytes: 400 * mib }],
          },
        }),
        procedure: 'set-aside-log',
      },
      /^refuse aurora-2: .*700 MiB free, 816 MiB needed \(800 MiB for two more logs/,
    ],
  ],
  'traffic not blocked already': [
    ['it is open', fine, /^pass Outside traffic is blocked nowhere\.$/],
    [
      'it is blocked',
      withHost({ status: { traffic: 'blocked' } }),
      /^refuse aurora-2: outside traffic is already blocked\. Find out who did that: another restore/,
    ],
  ],
  'traffic driver': [
    ['there is one', fine, /^pass Every agent can block outside traffic\.$/],
    [
      'there is none',
      withHost({ status: { traffic: 'not-managed' } }),
      /^warn aurora-2: outside traffic is not blocked during the restore: no traffic driver .* Keep clients away/,
    ],
  ],
  'quorum size': [
    ['it fits', fine, /^pass -native_log_quorum_size is 2 on every host\.$/],
    [
      'another number',
      withFlags({ native_log_quorum_size: '3' }),
      /^refuse aurora-2: -native_log_quorum_size is 3, and 3 hosts need 2\. A wrong quorum/,
    ],
    [
      'no such flag, which means 1',
      withFlags({ native_log_quorum_size: undefined }),
      /^refuse aurora-2: -native_log_quorum_size is 1, and 3 hosts need 2\./,
    ],
  ],
  'same flags': [
    ['they agree', fine, /^pass The 9 flags that must agree do\.$/],
    [
      'one host differs',
      withFlags({ zk_endpoints: 'zk-9:2181' }),
      /^refuse The hosts do not agree on -zk_endpoints: aurora-1 has zk-1:2181, aurora-2 has zk-9:2181, .* Make the flag files/,
    ],
    [
      'one host alone has a flag',
      withFlags({ framework_failover_timeout: '1hrs' }),
      /^refuse The hosts do not agree on -framework_failover_timeout: aurora-1 has none, aurora-2 has 1hrs/,
    ],
  ],
  'recovery flags fit the release': [
    ['they do', fine, /^pass Aurora 0\.22\.0 takes every flag of recovery mode and of the flag files\.$/],
    ['one that goes', { ...fine, flagsToSet: { gc_executor_path: null } }, /^pass/],
    [
      'a flag that the release does not know',
      { ...fine, flagsToSet: { gc_executor_path: '/usr/bin/gc' } },
      /^refuse Aurora 0\.22\.0 has no flag -gc_executor_path, which recovery mode sets\. Check that auroraVersion/,
    ],
    [
      'a time in a unit it does not take',
      { ...fine, flagsToSet: { max_registration_delay: '6h' } },
      /^refuse Aurora 0\.22\.0 takes no -max_registration_delay=6h/,
    ],
    [
      'a flag in a flag file that the release does not know',
      withFlags({ enable_db_metrics: 'true' }),
      /^refuse aurora-2: In the flag file: Aurora 0\.22\.0 has no flag -enable_db_metrics and would not start with it\. The scheduler would not come back/,
    ],
    [
      'a value in a flag file that it does not take',
      withFlags({ backup_interval: '1h' }),
      /^refuse aurora-2: In the flag file: -backup_interval=1h is not a duration/,
    ],
    [
      'a flag of nobody’s that the scheduler of this host was started with',
      running({ of_our_own_fork: '1' }),
      /^pass/,
    ],
    [
      'a value with which it runs until it leads',
      running({ reconciliation_explicit_interval: '30secs' }),
      /^refuse aurora-2: In the flag file: -reconciliation_explicit_interval=30secs is under one minute/,
    ],
    ['a secret that is not shown', withFlags({ zk_digest_credentials: '(hidden)' }), /^pass/],
    [
      'a secret that its own host finds wrong',
      withFaults(
        'zk_digest_credentials',
        '-zk_digest_credentials is not user:password with exactly one colon.',
      ),
      /^refuse aurora-2: In the flag file: -zk_digest_credentials is not user:password/,
    ],
    [
      'a file that does not exist any more, while its scheduler still runs with it',
      withFaults('tier_config', '-tier_config=/etc/tiers.json names a file that does not exist.'),
      /^refuse aurora-2: In the flag file: -tier_config=\/etc\/tiers\.json names a file that does not exist\. The scheduler would not come back/,
    ],
    [
      'a value with which a scheduler has died and left its process behind',
      dead({ http_port: '70000' }),
      /^refuse aurora-2: In the flag file: -http_port=70000 is not a port/,
    ],
    [
      'a class that the scheduler runs with',
      running({ task_assigner_modules: 'com.example.Assigner' }),
      /^pass/,
    ],
    [
      'a class that no scheduler runs with',
      withFlags({ task_assigner_modules: 'com.example.Assigner' }),
      /^warn aurora-2: In the flag file: -task_assigner_modules=com\.example\.Assigner names com\.example\.Assigner, which is not one of Aurora's own classes/,
    ],
  ],
  'paths inside the allowed roots': [
    ['they are', fine, /^pass Logs, backups and flag files are where the agents may work\.$/],
    ['a slash more', withFlags({ backup_dir: '/var/aurora/backups/' }), /^pass/],
    [
      'an agent that does not tell',
      {
        ...fine,
        hosts: fine.hosts.map(({ status: { paths: _, ...status }, ...seen }) => ({ ...seen, status })),
      },
      /^warn aurora-1: the agent does not say which directories it may work in/,
    ],
    [
      'a flag that cannot be compared',
      withFlags({ native_log_file_path: undefined }),
      /^warn aurora-2: the flag file has no -native_log_file_path, so it cannot be compared with \/var\/aurora\/db/,
    ],
    [
      'a log that does not exist',
      paths({ log: { ...hostPaths.log, real: null } }),
      /^warn aurora-2: \/var\/aurora\/db does not exist\./,
    ],
    [
      'a scheduler that keeps its log elsewhere',
      withFlags({ native_log_file_path: '/data/db' }),
      /^refuse aurora-2: the scheduler has -native_log_file_path=\/data\/db, and the agent works on \/var\/aurora\/db\. Correct/,
    ],
    [
      'backups elsewhere',
      withFlags({ backup_dir: '/data/backups' }),
      /^refuse aurora-2: the scheduler has -backup_dir=\/data\/backups/,
    ],
    [
      'a flag file that is a link to elsewhere',
      paths({ flags: { path: '/etc/default/aurora', real: '/opt/conf/aurora', movable: true } }),
      /^refuse aurora-2: \/etc\/default\/aurora leads to \/opt\/conf\/aurora, outside of what the agent may change \(.*\/etc\/default/,
    ],
    [
      'a log on a file system of its own',
      paths({ log: { ...hostPaths.log, movable: false } }),
      /^refuse aurora-2: \/var\/aurora\/db cannot be moved aside where it is\. It must not be a link/,
    ],
    [
      'a log that is immutable, as a newer agent tells',
      paths({
        log: {
          ...hostPaths.log,
          movable: false,
          obstacle: { why: 'may not be renamed (EPERM)', remedy: 'Run "chattr -i".' },
        },
      }),
      /^refuse aurora-2: \/var\/aurora\/db may not be renamed \(EPERM\), so it cannot be moved aside\. Run "chattr -i"\.$/,
    ],
    [
      'backups that are the log, by a link',
      paths({ backups: { path: '/var/aurora/backups', real: '/var/aurora/db' } }),
      /^refuse aurora-2: with links followed, paths\.log and paths\.backups are both \/var\/aurora\/db\. Keep them apart/,
    ],
    [
      'a scheduler whose paths are written in another way',
      withFlags({ native_log_file_path: '/var/./aurora//db/', backup_dir: '/var/aurora/x/../backups' }),
      /^pass/,
    ],
  ],
  'grant keys': [
    ['nothing to compare', fine, /^pass Nobody has compared them\.$/],
    [
      'a host that trusts two, one of them the bot’s',
      {
        ...withStatusOnAll({ grants: { clockSkewMs: 0, trustedKeys: ['MCold', 'MCbot'] } }),
        grantKey: 'MCbot',
      },
      /^pass All agents trust the bot's grant key\.$/,
    ],
    [
      'an agent of before',
      { ...fine, grantKey: 'MCbot' },
      /^warn aurora-1: the agent does not tell which grant keys it trusts\./,
    ],
    [
      'hosts with another key',
      {
        ...withStatusOnAll({ grants: { clockSkewMs: 0, trustedKeys: ['MCother'] } }),
        grantKey: 'MCbot',
      },
      /^refuse aurora-1: the agent does not trust the bot's grant key, and would refuse every operation\. Put what/,
    ],
  ],
  'clock skew': [
    ['none', fine, /^pass No clock is further from the bot's than an answer takes\.$/],
    ['a little', withHost({ clockAheadMs: -1_500 }), /^pass No clock is further from the bot's than 1 s\.$/],
    ['just 2 s', withHost({ clockAheadMs: 2_000 }), /^pass/],
    [
      'behind',
      withHost({ clockAheadMs: -2_001 }),
      /^warn aurora-2: the clock is 2 s behind the bot's\. .* refused beyond 30 s/,
    ],
    [
      'ahead, and grants still live',
      withHost({ clockAheadMs: 4 * minute }),
      /^warn aurora-2: the clock is 4 min ahead of the bot's\. .* refused beyond 5 min/,
    ],
    ['as far behind as the agent allows', withHost({ clockAheadMs: -30_000 }), /^warn/],
    [
      'further behind than the agent allows',
      withHost({ clockAheadMs: -30_001 }),
      /^refuse aurora-2: the clock is 30 s behind the bot's, and the agent refuses every grant beyond 30 s\. Set the clocks right/,
    ],
    [
      'further than another bound of the agent',
      withHost({ clockAheadMs: -6_000, status: { grants: { clockSkewMs: 5_000 } } }),
      /^refuse .* beyond 5 s\./,
    ],
    [
      'grants that have expired on arrival',
      withHost({ clockAheadMs: 6 * minute }),
      /^refuse .* ahead of the bot's/,
    ],
  ],
  authentication: [
    ['nothing is asked for', fine, /^pass Mechanism NONE: the agents have what it needs\.$/],
    [
      'a name and a password that work',
      {
        ...fine,
        hosts: withFlagsOnAll({ http_authentication_mechanism: 'BASIC' }).hosts.map((seen) => ({
          ...seen,
          status: { ...seen.status, authentication: { credentials: true } },
        })),
      },
      /^pass Mechanism BASIC/,
    ],
    [
      'an agent that does not say whether it has them',
      {
        ...fine,
        hosts: withFlagsOnAll({ http_authentication_mechanism: 'BASIC' }).hosts.map(
          ({ status: { authentication: _, ...status }, ...seen }) => ({ ...seen, status }),
        ),
      },
      /^warn aurora-1: the scheduler requires a name and a password \(BASIC\), and the agent does not say/,
    ],
    [
      'a mechanism nobody knows',
      withFlagsOnAll({ http_authentication_mechanism: 'DIGEST' }),
      /^warn aurora-1: -http_authentication_mechanism=DIGEST is not one that this program knows/,
    ],
    [
      'a password that the agent does not have',
      withFlagsOnAll({ http_authentication_mechanism: 'BASIC' }),
      /^refuse aurora-1: the scheduler requires a name and a password \(BASIC\), and the agent has none\. Set scheduler\.credentials/,
    ],
    [
      'Kerberos',
      withFlagsOnAll({ http_authentication_mechanism: 'NEGOTIATE' }),
      /^refuse aurora-1: the scheduler requires Kerberos \(NEGOTIATE\), which this program does not support\. Set -http_auth.*BASIC/,
    ],
    [
      'Kerberos by its other name',
      withFlagsOnAll({ http_authentication_mechanism: 'kerberos' }),
      /^refuse .*Kerberos \(KERBEROS\)/,
    ],
    [
      'a wrong password',
      withHost({ staged: failure('http-unauthorized', 'The scheduler refuses queryRecovery.') }),
      /^refuse aurora-2: The scheduler refuses queryRecovery\. Correct scheduler\.credentials/,
    ],
    [
      'an account without the permission',
      withHost({ staged: failure('rpc-auth-failed', 'Subject agent lacks permission.') }),
      /^refuse aurora-2: Subject agent lacks permission\. Give its account the recovery calls/,
    ],
  ],
  'no other recovery staged': [
    ['nothing is', fine, /^pass No scheduler has a recovery staged\.$/],
    [
      'a scheduler that does not answer',
      withHost({ staged: failure('rpc-timeout', 'The scheduler does not answer.') }),
      /^warn aurora-2: whether somebody has staged a recovery there cannot be seen: The scheduler does not answer\. Ask around/,
    ],
    [
      'somebody has',
      withHost({ staged: { ok: true, value: 40 } }),
      /^refuse aurora-2: a recovery of 40 tasks is already staged there: somebody else's restore\. Find out whose/,
    ],
    [
      'an empty one is one too',
      withHost({ staged: { ok: true, value: 0 } }),
      /^refuse aurora-2: a recovery of 0 tasks is already staged there/,
    ],
  ],
  'framework failover time': [
    ['it is connected', fine, /^pass Mesos keeps the framework's tasks for 21 days after the stop\.$/],
    [
      'the master wants credentials: nothing after this could ask it either',
      { ...fine, frameworks: failure('mesos-unauthorized', 'The Mesos master refuses the bot.') },
      /^refuse The Mesos master refuses the bot\./,
    ],
    [
      "the master's clock is ahead of the bot's",
      gone(-180 * minute, 21 * day),
      /^warn The Mesos master says .* ahead of the bot's clock: the clocks disagree, and at most 21 days are left\./,
    ],
    [
      'the master is ahead, and there is too little left in any case',
      gone(-day, minute),
      /^refuse The scheduler is disconnected, and Mesos kills every task in 60 s, /,
    ],
    ['it is away, with days left', gone(day, 21 * day), /^pass .* for 20 days from now\.$/],
    [
      'half an hour is left',
      gone(day, day + 30 * minute),
      /^warn The scheduler is disconnected, and Mesos kills every task in 30 min; a restore may need 5 min of its own, and 50 min when .* Decide soon\.$/,
    ],
    [
      'half an hour from the stop on',
      framework({ failoverTimeoutMs: 30 * minute }),
      /^warn Mesos kills every task when no scheduler registers within 30 min after the stop; .* Have the second signer ready/,
    ],
    [
      'Mesos has forgotten since when',
      framework({ connected: false, unregisteredAtMs: null }),
      /^warn The scheduler is disconnected and Mesos does not say since when .* at most 21 days are left/,
    ],
    [
      'a master that does not answer',
      { ...fine, frameworks: failure('mesos-unreachable', 'No Mesos master answers.') },
      /^warn How long .* cannot be seen: No Mesos master answers\. The flag -framework_failover_timeout asks for 21days, which is the default\./,
    ],
    [
      'a master that does not answer, and a flag',
      {
        ...withFlagsOnAll({ framework_failover_timeout: '1hrs' }),
        frameworks: failure('mesos-unreachable', 'No Mesos master answers.'),
      },
      /^warn .* The flag -framework_failover_timeout asks for 1hrs\./,
    ],
    [
      'a backup that cannot be read',
      { ...fine, backup: failure('backup-missing', 'There is no such backup.') },
      /^warn How long .* cannot be seen: the backup, which names the framework, could not be read/,
    ],
    [
      'a backup that names none',
      backup({ frameworkId: null }),
      /^warn How long .* cannot be seen: the backup names no framework\./,
    ],
    [
      'five minutes are left',
      gone(day, day + 5 * minute),
      /^refuse The scheduler is disconnected, and Mesos kills every task in 5 min, and a restore may need 5 min until a scheduler registers again, even when everybody signs at once\./,
    ],
    [
      'a timeout shorter than a restore',
      framework({ failoverTimeoutMs: 5 * minute }),
      /^refuse Mesos kills every task when no scheduler registers within 5 min after the stop, .* Raise -framework_failover_timeout/,
    ],
    ['Mesos gives it no time at all', framework({ failoverTimeoutMs: 0 }), /^refuse/],
    [
      'it is over',
      gone(2 * day, day),
      /^refuse The failover time of the framework ran out 24 h ago: Mesos has killed its tasks, or is about to\./,
    ],
    [
      'Mesos no longer knows it',
      { ...fine, frameworks: { ok: true, value: [] } },
      /^refuse The Mesos master does not know framework fw-1, which this backup belongs to\. Mesos would refuse/,
    ],
  ],
  'ZooKeeper groups readable': [
    ['they are', fine, /^pass The serverset has 0 candidates, the log group 3 replicas\.$/],
    ['nobody leads, which a restore is for', { ...fine, leader: { kind: 'none', candidates: [] } }, /^pass/],
    [
      'two members',
      {
        ...fine,
        leader: {
          kind: 'several',
          candidates: [],
          members: [1, 2].map((n) => ({
            node: `member_${n}`,
            endpoint: { host: `aurora-${n}`, port: 8081 },
          })),
        },
      },
      /^warn 2 schedulers say they lead: aurora-1:8081, aurora-2:8081\. Wait one session timeout/,
    ],
    [
      'a member that cannot be read',
      {
        ...fine,
        leader: { kind: 'malformed', candidates: [], members: [{ node: 'member_1', problem: 'is no JSON' }] },
      },
      /^warn The leader node cannot be read: member_1: is no JSON\./,
    ],
    [
      'an entry beside the leader that breaks every answer',
      beside({
        node: 'member_abc',
        endpoint: null,
        problem: 'it has no data',
        effect: 'breaks',
        origin: nodeOrigin('member_abc', false),
      }),
      /^warn \/aurora\/east\/scheduler\/member_abc: it has no data\. Every scheduler answers clients with HTTP 500 because of it\. It is persistent and 3 h old\. It stays until somebody removes it with `zkCli\.sh -server zk-1:2181\S* delete \/aurora\/east\/scheduler\/member_abc/,
    ],
    [
      "a stranger's election node that stays, with which nobody would be elected after the stop",
      inElection(false),
      /^refuse \/aurora\/east\/scheduler\/_c_1-lock-0000000000: it is an election node of nobody\. Who is elected stays so, but the next election waits for it\./,
    ],
    [
      "a stranger's election node that goes with its session",
      inElection(true),
      /^warn \/aurora\/east\/scheduler\/_c_1-lock-0000000000: .* It goes when the session that made it ends\./,
    ],
    [
      'a replica of a host that is not configured',
      { ...fine, logGroup: { ok: true, value: [{ node: '9', address: 'log-replica(1)@aurora-9:8083' }] } },
      /^warn The log group has replicas that are not hosts of this cluster: log-replica\(1\)@aurora-9:8083\. If that is a scheduler/,
    ],
    [
      'an empty log group while schedulers run',
      { ...fine, logGroup: { ok: true, value: [] } },
      /^warn The log group \/aurora\/east\/replicated-log is empty although 3 schedulers run\./,
    ],
    [
      'ZooKeeper does not answer, told once',
      {
        ...fine,
        leader: { kind: 'unreachable', error: zookeeperDown },
        logGroup: { ok: false, error: zookeeperDown },
      },
      /^refuse ZooKeeper at zk-1:2181 does not answer\. Look at it\.$/,
    ],
    [
      'the log group alone cannot be read',
      { ...fine, logGroup: failure('zookeeper-no-auth', 'No permission to read it.') },
      /^refuse The log group cannot be read: No permission to read it\. Look at it\.$/,
    ],
  ],
  'ZooKeeper paths as configured': [
    ['they are', fine, /^pass The bot looks at the nodes that the schedulers write\.$/],
    [
      'a flag that cannot be compared',
      withFlags({ serverset_path: undefined }),
      /^warn aurora-2: the flag file has no -serverset_path, so it cannot be compared with \/aurora\/east\/scheduler/,
    ],
    [
      'a serverset under a chroot that the bot does not know of',
      withFlagsOnAll({ zk_chroot_path: '/prod/' }),
      /^refuse aurora-1: -serverset_path is \/prod\/aurora\/east\/scheduler, and the bot looks at \/aurora\/east\/scheduler\./,
    ],
    [
      'another log group',
      withFlagsOnAll({ native_log_zk_group_path: '/aurora/west/replicated-log' }),
      /^refuse aurora-1: -native_log_zk_group_path is \/aurora\/west\/replicated-log, and the bot looks at/,
    ],
  ],
  'history as agents have seen it': [
    ['all of it is there', fine, /^pass The bot's database has all that 3 agents were shown of it/],
    [
      'an earlier restore is not known',
      withHost({
        lost: { message: "it has worked for R4, which the bot's database does not know", stops: false },
      }),
      /^warn aurora-\d: it has worked for R4, which the bot's database does not know\. The database was lost/,
    ],
    [
      'this restore is in doubt',
      withHost({
        lost: { message: "it has seen another event 9 of R5 than the bot's database has", stops: true },
      }),
      /^refuse aurora-\d: it has seen another event 9 of R5/,
    ],
  ],
  'names and ports as configured': [
    ['they are', fine, /^pass The names and ports of 3 hosts agree with the bot's configuration/],
    ['a name in another case', advertising('Aurora-1', 8081), /^pass/],
    ['a name with the dot of the root', advertising('aurora-1.', 8081), /^pass/],
    ['-hostname in another case', withFlags({ hostname: 'AURORA-2' }), /^pass/],
    [
      'httpPort off by one, of the leader',
      advertising('aurora-1', 8082),
      /^refuse aurora-1: ZooKeeper advertises aurora-1:8082, and the bot has aurora-1:8081 \(httpPort\)\. Correct this host/,
    ],
    [
      'httpPort off by one, of a host that does not lead',
      withFlags({ http_port: '8082' }),
      /^refuse aurora-2: the scheduler has -http_port=8082, and the bot has 8081 \(httpPort\)\./,
    ],
    [
      'httpPort off by one while nobody leads',
      { ...withFlags({ http_port: '8082' }), leader: candidatesOf() },
      /^refuse aurora-2: the scheduler has -http_port=8082, and the bot has 8081/,
    ],
    [
      'httpPort wrong on every host, while the leader advertises what the bot has',
      { ...withFlagsOnAll({ http_port: '18081' }) },
      /^refuse aurora-1: the scheduler has -http_port=18081, and the bot has 8081 \(httpPort\)\./,
    ],
    [
      'a leader that is none of ours',
      advertising('aurora-9', 8081),
      /^refuse ZooKeeper advertises aurora-9:8081, which is not one of the bot's hosts \(advertised: aurora-1, aurora-2 and aurora-3\)\./,
    ],
    [
      'another -hostname',
      withFlags({ hostname: 'aurora-2.example.org' }),
      /^refuse aurora-2: the scheduler has -hostname=aurora-2\.example\.org, and the bot has aurora-2 \(advertised\)\./,
    ],
    [
      'candidates with long names, while the bot has short ones',
      { ...fine, leader: candidatesOf('aurora-1', 'aurora-2.example.org', 'aurora-3') },
      /^refuse aurora-2\.example\.org stands for election in ZooKeeper and is not one of the bot's hosts, while aurora-2 \(advertised: aurora-2\) runs and does not\./,
    ],
    [
      'a fourth candidate',
      { ...fine, leader: candidatesOf('aurora-1', 'aurora-2', 'aurora-3', 'aurora-4') },
      /^warn aurora-4 stands for election/,
    ],
    [
      'candidates of a release whose election nodes say what the machine calls itself',
      {
        ...fine,
        cluster: { ...fine.cluster, auroraVersion: '0.12.0' },
        leader: candidatesOf('localhost'),
      },
      /^pass/,
    ],
    [
      'an agent with another port than the scheduler',
      withHost({
        status: {
          flags: { sha256: 'ab', values: { ...originalFlags, http_port: '8081' } },
          configured: { cluster: 'east', httpPort: 8082, libprocess: 'aurora-2:8083' },
        },
      }),
      /^refuse aurora-2: the scheduler has -http_port=8081, and the agent has 8082 \(scheduler\.httpPort\)\./,
    ],
    [
      'an agent of another cluster',
      withHost({ status: { configured: { cluster: 'west', httpPort: 8081, libprocess: 'aurora-2:8083' } } }),
      /^refuse aurora-2: the agent belongs to cluster west, and the bot lists it under east: it would refuse every grant\./,
    ],
    [
      'a scheduler that calls its cluster otherwise',
      withFlagsOnAll({ cluster_name: 'west' }),
      /^warn aurora-1: the scheduler calls its cluster west \(-cluster_name\), and the bot east\./,
    ],
  ],
  'addresses as configured': [
    ['they are', fine, /^pass The bot asks the ZooKeeper and the Mesos of the schedulers/],
    [
      'a log under another port',
      configuredAs({ libprocess: 'aurora-2:8084' }),
      /^refuse aurora-2: the scheduler runs, and the bot has aurora-2:8084 \(libprocess\), which is not in the log group: aurora-1:8083, aurora-2:8083 and aurora-3:8083\./,
    ],
    ['a log in another case', configuredAs({ libprocess: 'AURORA-2:8083' }), /^pass/],
    [
      'an agent with another port, while nothing runs',
      {
        ...withHost({
          status: { configured: { cluster: 'east', httpPort: 8081, libprocess: '10.0.0.2:8084' } },
        }),
        logGroup: { ok: true, value: [] },
      },
      /^refuse aurora-2: the agent has 10\.0\.0\.2:8084 \(scheduler\.libprocess\), and the bot has aurora-2:8083/,
    ],
    [
      'the same while ZooKeeper shows that the bot is right',
      withHost({
        status: { configured: { cluster: 'east', httpPort: 8081, libprocess: '10.0.0.2:8084' } },
      }),
      /^warn aurora-2: the agent has 10\.0\.0\.2:8084/,
    ],
    [
      'another ZooKeeper',
      {
        ...withFlagsOnAll({ zk_endpoints: 'zk-7:2181,zk-8:2181' }),
        leader: candidatesOf(),
        logGroup: { ok: true, value: [] },
      },
      /^refuse aurora-1: the scheduler has -zk_endpoints=zk-7:2181,zk-8:2181, and the bot asks zk-1:2181, where nothing of this cluster shows\./,
    ],
    ['the same ZooKeeper under other names', withFlagsOnAll({ zk_endpoints: '10.0.0.7:2181' }), /^pass/],
    [
      'another Mesos',
      {
        ...withHost({ status: { vars: { framework_registered: 1 } } }),
        frameworks: { ok: true, value: [] },
      },
      /^refuse aurora-2 is registered with Mesos \(-mesos_master_address=zk:\/\/zk-1:2181\/mesos\/master\), and the master that the bot asks \(http:\/\/mesos-1:5050\) has no framework connected\./,
    ],
  ],
  'schedulers not restarting': [
    ['it runs for days', service(5, 273_600), /^pass 3 schedulers run, and none of them keeps restarting\.$/],
    ['somebody has just started it', service(0, 20), /^pass/],
    [
      'a loop',
      service(7, 20),
      /^warn aurora-2: the scheduler was restarted 7 times by its service manager, and it has run for 20 s\. It may be in a restart loop/,
    ],
    ['a loop that does not even answer', service(7, null), /^warn .* and it does not say for how long\./],
    [
      'a young one of which nobody counts',
      service(null, 20),
      /^warn aurora-2: whether the scheduler keeps restarting cannot be seen: its service manager does not count, and it has run for 20 s\./,
    ],
    ['the same of an agent that does not tell', service(undefined, 20), /^warn/],
    [
      'one that does not run',
      withHost({
        status: {
          scheduler: {
            service: 'stopped',
            pid: null,
            httpPortOpen: false,
            libprocessPortOpen: false,
            logLockHeld: false,
          },
          vars: null,
        },
      }),
      /^pass 2 schedulers run/,
    ],
  ],
};

describe.each(Object.entries(cases))('%s', (name, rows) => {
  it.each(rows)('%s', (_what, reading, expected) => {
    const said = told(name, reading);

    expect(said[0]).toMatch(expected);
  });

  it('tells of a host by its name, and what to do about everything that is not fine', () => {
    for (const [, reading] of rows) {
      for (const { verdict, message, hint } of resultsOf(name, reading)) {
        expect(message).toMatch(/\.$/);
        if (verdict !== 'pass') expect(hint).toMatch(/\.$/);
      }
    }
  });
});

describe('the flags of recovery mode', () => {
  it.each(Array.from({ length: 21 }, (_, index) => `0.${index + 5}.0`))('fit Aurora %s', (auroraVersion) => {
    const flagsToSet = { ...recoveryFlags(auroraVersion), ...heldReconciliationFlags(auroraVersion) };
    const cluster = { ...fine.cluster, auroraVersion };

    expect(told('recovery flags fit the release', { ...fine, cluster, flagsToSet })[0]).toMatch(/^pass/);
  });
});

describe('the table', () => {
  it('has a case of every check here, and each once', () => {
    const names = preflightChecks.map(({ name }) => name);

    expect(Object.keys(cases).sort()).toEqual([...names].sort());
    expect(new Set(names).size).toBe(names.length);
  });

  it('says one thing of each check when all is well', () => {
    const verdicts = preflightChecks.flatMap(({ name }) =>
      resultsOf(name, fine).map(({ verdict }) => verdict),
    );

    expect(verdicts).toEqual(preflightChecks.map(() => 'pass'));
  });

  it('is silent about no agent of before these checks: what it cannot tell is a warning', () => {
    const old = withStatusOnAll({});
    const hosts = old.hosts.map((seen) => {
      const { paths: _paths, authentication: _auth, grants: _grants, ...status } = seen.status;
      const { restarts: _restarts, ...scheduler } = status.scheduler;
      const values = { ...status.flags.values, http_authentication_mechanism: 'BASIC' };
      return {
        ...seen,
        status: {
          ...status,
          scheduler,
          disk: { freeBytes: 1e12 },
          vars: null,
          flags: { ...status.flags, values },
        },
      };
    });

    const warned = [
      'disk room',
      'paths inside the allowed roots',
      'authentication',
      'schedulers not restarting',
    ];

    for (const name of warned) {
      const verdicts = resultsOf(name, { ...old, hosts }).map(({ verdict }) => verdict);
      expect(verdicts).toEqual(['warn', 'warn', 'warn']);
    }
  });
});

it('names both groups of ZooKeeper at once when neither may be read', () => {
  const said = told('ZooKeeper groups readable', {
    ...fine,
    leader: {
      kind: 'unreachable',
      error: failure('zookeeper-not-readable', 'The bot may not read /aurora/scheduler.').error,
    },
    logGroup: failure('zookeeper-not-readable', 'The bot may not read /aurora/log.'),
  });

  expect(said).toEqual([
    expect.stringMatching(/^refuse The bot may not read \/aurora\/scheduler\./),
    expect.stringMatching(/^refuse The log group cannot be read: The bot may not read \/aurora\/log\./),
  ]);
});
