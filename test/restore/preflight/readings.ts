/** Readings of step 1 in which all is well; a test changes the one thing it is about. */
import { AuroraError } from '../../../src/aurora/errors.ts';
import type { HostStatus } from '../../../src/aurora/hosts.ts';
import { signOfLeaderHealth } from '../../../src/aurora/release-signs.ts';
import { judgePreflight } from '../../../src/restore/preflight/judge.ts';
import type { Reading, SeenHost } from '../../../src/restore/preflight/reading.ts';
import type { CheckResult } from '../../../src/restore/record/facts.ts';
import { east, frameworkId, hostNames, hostPaths, originalFlags } from '../support/pretend-scene.ts';
import { startedAt } from '../support/story.ts';

export const day = 24 * 3_600_000;

export function statusOf(host: string, changes: Partial<HostStatus> = {}): HostStatus {
  return {
    host,
    agentVersion: '0.1.0',
    auroraVersion: '0.22.0',
    clockMs: startedAt,
    scheduler: {
      service: 'running',
      pid: 7,
      httpPortOpen: true,
      libprocessPortOpen: true,
      logLockHeld: true,
      restarts: 0,
      instance: 'boot/7/1',
      processFlags: originalFlags,
    },
    log: { exists: true, files: 9, bytes: 50_000_000 },
    flags: { sha256: 'ef'.repeat(32), values: originalFlags },
    traffic: 'open',
    mesosLog: { present: true },
    recoveryTool: { present: true },
    disk: { freeBytes: 1e12, backupsFreeBytes: 1e12, heldFreeBytes: 1e12 },
    paths: hostPaths,
    authentication: { credentials: false },
    grants: { clockSkewMs: 30_000 },
    backupDir: { path: '/var/aurora/backups', writable: true, files: 1 },
    vars: { scheduler_lifecycle_ACTIVE: 1, jvm_uptime_secs: 273_600 },
    leaderHealth: 200,
    ...changes,
  };
}

export const fine: Reading = {
  cluster: east,
  procedure: 'staged',
  refilled: 'aurora-2',
  now: startedAt,
  hosts: hostNames.map((host) => ({
    host,
    status: statusOf(host),
    clockAheadMs: 0,
    signs: signOfLeaderHealth(200),
    staged: { ok: true, value: null },
  })),
  unreachable: [],
  leader: { kind: 'one', endpoint: { host: 'aurora-1', port: 8081 }, node: 'member_0', candidates: [] },
  certificates: [],
  people: null,
  logGroup: {
    ok: true,
    value: hostNames.map((host) => ({ node: host, address: `log-replica(1)@${host}:8083` })),
  },
  frameworks: {
    ok: true,
    value: [
      { frameworkId, name: 'Aurora', connected: true, failoverTimeoutMs: 21 * day, unregisteredAtMs: null },
    ],
  },
  backup: {
    ok: true,
    value: {
      bytes: 1_800,
      sha256: 'ab',
      frameworkId,
      timestampMs: startedAt - 600_000,
      verdict: 'ok',
      reasons: [],
    },
  },
  chosen: { host: 'aurora-2', name: 'scheduler-backup-2026-11-23-16-30', leaveOut: false },
  flagsToSet: { mesos_master_address: 'zk://localhost:1111/mesos/master', max_registration_delay: '360mins' },
};

/** `fine` with another aurora-2. */
export function withHost(
  changes: Partial<Omit<SeenHost, 'status'>> & { status?: Partial<HostStatus> },
): Reading {
  return {
    ...fine,
    hosts: fine.hosts.map((seen) =>
      seen.host === 'aurora-2'
        ? { ...seen, ...changes, status: { ...seen.status, ...changes.status } }
        : seen,
    ),
  };
}

/** The flags of aurora-2; `undefined` takes one away. */
export function withFlags(flags: Readonly<Record<string, string | undefined>>): Reading {
  return withHost({ status: { flags: { sha256: 'ab', values: flagsWith(flags) } } });
}

/** The flags of every host. */
export function withFlagsOnAll(flags: Readonly<Record<string, string | undefined>>): Reading {
  const values = flagsWith(flags);
  return withStatusOnAll({ flags: { sha256: 'ab', values } });
}

export function withStatusOnAll(changes: Partial<HostStatus>): Reading {
  return {
    ...fine,
    hosts: fine.hosts.map((seen) => ({ ...seen, status: { ...seen.status, ...changes } })),
  };
}

function flagsWith(flags: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ ...originalFlags, ...flags }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

export function failure(code: string, message: string): { readonly ok: false; readonly error: AuroraError } {
  return { ok: false, error: new AuroraError({ code, message, hint: 'Look at it.' }) };
}

/** What one check says of a reading, as people read it: `warn aurora-2: the clock is …`. */
export function told(name: string, reading: Reading): readonly string[] {
  return resultsOf(name, reading).map(({ verdict, host, message, hint }) =>
    [verdict, host === undefined ? message : `${host}: ${message}`, hint].join(' ').trim(),
  );
}

export function resultsOf(name: string, reading: Reading): readonly CheckResult[] {
  return judgePreflight(reading).checks.filter((result) => result.name === name);
}
