/** The pretend schedulers as somebody handles them who stands beside the hosts. */
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuroraError } from '../../aurora/errors.ts';
import type { DrillHost, RunningHost } from '../hosts/drill-hosts.ts';
import { hostPaths } from '../hosts/host-dir.ts';
import { readStatus, signalScheduler, startScheduler } from '../hosts/scheduler-service.ts';
import { programOf } from '../world/config-files.ts';
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

async function isElected({ address }: DrillHost): Promise<boolean> {
  try {
    const url = `http://${address.ip}:${address.httpPort}/vars.json`;
    const vars = await (await fetch(url, { signal: AbortSignal.timeout(500) })).text();
    return /"scheduler_lifecycle_(LEADER_AWAITING_REGISTRATION|ACTIVE)":\s*1/.test(vars);
  } catch {
    return false;
  }
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
