/** What others do to a cluster that has registered, while people look at it a second time. */
import fs from 'node:fs';
import { within } from '../../aurora/within.ts';
import { hostPaths } from '../../pretend-aurora/host/host-dir.ts';
import { signalScheduler } from '../../pretend-aurora/host/scheduler-service.ts';
import type { DrillWorld } from '../world/world.ts';
import type { Fault, FaultContext } from './fault.ts';
import { callElected } from './foreign-client.ts';
import { isRunning, killScheduler, readVars, startAgain } from './schedulers.ts';

/** An hour to the first reconciliation and half an hour to the second, as a drill's flag files have it, take seconds then. */
const shortMinuteMs = 30;
const stopWaitMs = 2_000;
const lookEveryMs = 50;
const leaderLimitMs = 15_000;
/** A restore that watches notices it long before that, on a busy machine too, and people decide after it. */
const noticedLimitMs = 30_000;
/** From a leader on: longer than both reconciliations take to come by themselves. */
const timersMs = 4_000;

export const foreignReconcile: Fault = {
  name: 'foreign-reconcile',
  what: 'Somebody else asks the leader for both reconciliations.',
  usually: 'look',
  onlyAt: ['gate-commit', 'confirm-leader', 'second-look', 'look', 'gate-go-back', 'unblock-traffic'],
  hosts: 'processes',
  releases: { from: 16 },
  decidedAfter: true,
  run: async (context) => {
    const noticed = context.untilMoment(['noticed']);
    const host = await callElected(context, 'triggerExplicitTaskReconciliation', (client) =>
      client.call('triggerExplicitTaskReconciliation', { settings: {} }),
    );
    await callElected(context, 'triggerImplicitTaskReconciliation', (client) =>
      client.call('triggerImplicitTaskReconciliation', {}),
    );
    await within(context.clock, noticedLimitMs, noticed);
    return `Somebody had ${host.name} reconcile.`;
  },
};

export const restartedInSecondLook: Fault = {
  name: 'restarted-in-second-look',
  what: 'An administrator restarts every scheduler: each reads its flag file again and reconciles when that says so, after 60 minutes that take 2 s here.',
  usually: 'look',
  onlyAt: ['second-look', 'look', 'gate-go-back'],
  hosts: 'processes',
  decidedAfter: true,
  run: async (context) => {
    const { world } = context;
    const noticed = context.untilMoment(['noticed']);
    const lengthen = shortenMinutes(world);
    try {
      for (const host of world.hosts) {
        await signalScheduler(host.directory, { signal: 'SIGTERM', waitMs: stopWaitMs });
        if (isRunning(host)) await killScheduler(host);
        startAgain(host);
      }
      await untilReconciled(context);
      await within(context.clock, noticedLimitMs, noticed);
    } finally {
      lengthen();
    }
    return 'An administrator restarted all schedulers.';
  },
};

/** Of schedulers that are started from now on; answers how to take it back. */
function shortenMinutes({ hosts }: DrillWorld): () => void {
  const files = hosts.map(({ directory }) => hostPaths(directory).world);
  const before = files.map((file) => fs.readFileSync(file, 'utf8'));
  for (const [index, file] of files.entries()) {
    const world = JSON.parse(before[index] ?? '') as { time: object };
    fs.writeFileSync(
      file,
      JSON.stringify({ ...world, time: { ...world.time, msPerMinute: shortMinuteMs } }, null, 2),
    );
  }
  return () => {
    for (const [index, file] of files.entries()) fs.writeFileSync(file, before[index] ?? '');
  };
}

/** By its timers, or so long that they would have done it if they were to. */
async function untilReconciled({ world, clock, signal }: FaultContext): Promise<void> {
  let endsAt = clock.now() + leaderLimitMs;
  let leads = false;
  while (!signal.aborted && clock.now() < endsAt) {
    const seen = await Promise.all(world.hosts.map(readVars));
    const leader = seen.find((vars) => vars?.['scheduler_lifecycle_ACTIVE'] === 1);
    if (leader !== undefined && !leads) {
      leads = true;
      endsAt = clock.now() + timersMs;
    }
    if (Number(leader?.['reconciliation_implicit_runs'] ?? 0) > 0) return;
    await clock.sleep(lookEveryMs, signal);
  }
}
