/** The pretend schedulers as somebody handles them who stands beside the hosts. */
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuroraError } from '../../aurora/errors.ts';
import { type Release, releaseOf } from '../../aurora/releases.ts';
import { hostPaths } from '../../pretend-aurora/host/host-dir.ts';
import { readStatus, signalScheduler, startScheduler } from '../../pretend-aurora/host/scheduler-service.ts';
import { parseWorld } from '../../pretend-aurora/scheduler/world.ts';
import type { DrillHost, RunningHost } from '../hosts/drill-hosts.ts';
import { drillCluster, programOf } from '../world/config-files.ts';
import type { DrillWorld } from '../world/world.ts';
import type { FaultContext } from './fault.ts';

const lookEveryMs = 50;
const electionLimitMs = 15_000;
const killWaitMs = 2_000;

/** The host whose scheduler is elected, registered or not. Waits for an election; AuroraError `nobody-elected` after that. */
export async function findElected({ world, clock, signal }: FaultContext): Promise<DrillHost> {
  const endsAt = clock.now() + electionLimitMs;
  for (;;) {
    for (const host of world.hosts) if (await isElected(host)) return host;
    if (signal.aborted || clock.now() >= endsAt) throw nobodyElected();
    await clock.sleep(lookEveryMs, signal);
  }
}

/** The elected one last: faults that need a host and no leader take the first. */
export async function leaderLast(context: FaultContext): Promise<readonly RunningHost[]> {
  const { hosts } = context.world;
  const elected = await Promise.all(hosts.map(isElected));
  return [...hosts.filter((_, index) => !elected[index]), ...hosts.filter((_, index) => elected[index])];
}

export async function isElected(host: DrillHost): Promise<boolean> {
  const vars = await readVars(host);
  return (
    vars?.['scheduler_lifecycle_LEADER_AWAITING_REGISTRATION'] === 1 ||
    vars?.['scheduler_lifecycle_ACTIVE'] === 1
  );
}

/** `null` when its port is closed, or does not answer. */
export async function readVars({ address }: DrillHost): Promise<Record<string, unknown> | null> {
  try {
    const url = `http://${address.ip}:${address.httpPort}/vars.json`;
    const response = await fetch(url, { signal: AbortSignal.timeout(500) });
    return (await response.json()) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** The ZooKeeper session of whoever leads by the election: it owns the lowest node. `null` when there is no candidate. */
export function ownerOfElection({ world }: FaultContext): bigint | null {
  const path = `/aurora/${drillCluster}/scheduler/`;
  const candidates = world.zookeeper
    .dump()
    .filter((node) => node.path.startsWith(path) && !node.path.includes('/member_'))
    .sort((a, b) => a.path.slice(-10).localeCompare(b.path.slice(-10)));
  return candidates.find((node) => node.ephemeralOwner !== null)?.ephemeralOwner ?? null;
}

/** Of all its schedulers. */
export function releaseOfWorld({ hosts }: DrillWorld): Release {
  const [host] = hosts;
  if (host === undefined) throw new Error('a drill has hosts');
  return releaseOf(parseWorld(fs.readFileSync(hostPaths(host.directory).world, 'utf8')).auroraVersion);
}

export function isRunning({ directory }: { readonly directory: string }): boolean {
  return readStatus(directory).state === 'running';
}

/** SIGKILL; false when there was none. It stays down until somebody starts it. */
export async function killScheduler(host: DrillHost): Promise<boolean> {
  return await signalScheduler(host.directory, { signal: 'SIGKILL', waitMs: killWaitMs });
}

/** As a service manager does it: only if it is meant to run, and does not. */
export function startAgain(host: DrillHost): void {
  if (fs.existsSync(hostPaths(host.directory).pid)) startScheduler(host.directory, programOf('scheduler'));
}

/** Stands still for so long, and goes on as if nothing had been. False when there was no process. */
export async function freeze(host: DrillHost, ms: number): Promise<boolean> {
  const { pid } = readStatus(host.directory);
  if (pid === null) return false;
  process.kill(pid, 'SIGSTOP');
  try {
    await sleep(ms);
  } finally {
    // Somebody may have killed it meanwhile.
    if (readStatus(host.directory).pid === pid) process.kill(pid, 'SIGCONT');
  }
  return true;
}

export function noScheduler(host: DrillHost): AuroraError {
  return new AuroraError({
    code: 'fault-impossible',
    message: `No scheduler runs on ${host.name} now.`,
    hint: 'Choose a step at which schedulers run.',
  });
}

function nobodyElected(): AuroraError {
  return new AuroraError({
    code: 'nobody-elected',
    message: `No scheduler was elected within ${electionLimitMs / 1_000} s.`,
    hint: 'Choose a step at which schedulers run.',
  });
}
