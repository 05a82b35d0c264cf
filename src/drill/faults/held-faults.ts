/** What hits the elected scheduler in the middle of a call: the call is held until it has. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, FaultContext } from './fault.ts';
import { holdCalls, letCallsGo, untilHeld } from './hold-call.ts';
import { freeze, isRunning, killScheduler, ownerOfElection, startAgain } from './schedulers.ts';

const restartMs = 1_500;
/** Longer than a usual session of a drill, shorter than one of `-zk_session_timeout=40secs`. */
const pauseMs = 4_000;
const lookEveryMs = 20;
const endsWithinMs = 15_000;
/** Within that the journal has told what it has told before a call was made. */
const journalMs = 50;

export const killedWhileStaging: Fault = {
  name: 'killed-while-staging',
  what: `The elected scheduler is killed in the middle of staging, and started again ${restartMs / 1_000} s later.`,
  usually: 'stage-backup',
  onlyAt: ['find-elected', 'stage-backup'],
  hosts: 'processes',
  prepare: ({ world }) => holdCalls(world, 'stageRecovery'),
  undo: ({ world }) => letCallsGo(world, 'stageRecovery'),
  run: async (context) => {
    const { world, clock, signal } = context;
    const standing = await untilHeld(context, ['stageRecovery']);
    if (standing === null) return 'Nothing was staged.';
    const { host } = standing;
    await killScheduler(host);
    letCallsGo(world, 'stageRecovery');
    await clock.sleep(restartMs, signal);
    startAgain(host);
    return `The scheduler of ${host.name} was killed while it staged, and started again.`;
  },
};

export const killedAtCommit: Fault = {
  name: 'killed-at-commit',
  what: 'The elected scheduler is killed while what is staged is read again for the commit, and started again at once.',
  usually: 'gate-commit',
  // From the gate on: the read begins within moments of the commit's own step.
  onlyAt: ['gate-commit'],
  hosts: 'processes',
  undo: ({ world }) => {
    letCallsGo(world, 'queryRecovery');
    letCallsGo(world, 'commitRecovery');
  },
  run: async (context) => {
    const { world, clock, signal, untilMoment } = context;
    let isOrdered = false;
    void untilMoment(['commit']).then(() => {
      isOrdered = true;
    });
    holdCalls(world, 'queryRecovery');
    holdCalls(world, 'commitRecovery');
    for (;;) {
      const standing = await untilHeld(context, ['queryRecovery', 'commitRecovery']);
      if (standing === null) return 'Nothing was committed.';
      await clock.sleep(journalMs, signal);
      if (!isOrdered) {
        standing.letGo();
        continue;
      }
      const { host } = standing;
      await killScheduler(host);
      letCallsGo(world, 'queryRecovery');
      letCallsGo(world, 'commitRecovery');
      startAgain(host);
      return `The scheduler of ${host.name} was killed at the commit and started again.`;
    }
  },
};

export const killedInCommit: Fault = {
  name: 'killed-in-commit',
  what: 'The elected scheduler is killed when the commit has reached it and is not in the log yet, and started again at once.',
  usually: 'commit',
  onlyAt: ['gate-commit', 'commit'],
  hosts: 'processes',
  prepare: ({ world }) => holdCalls(world, 'commitRecovery'),
  undo: ({ world }) => letCallsGo(world, 'commitRecovery'),
  run: async (context) => {
    const standing = await untilHeld(context, ['commitRecovery']);
    if (standing === null) return 'Nothing was committed.';
    const { host } = standing;
    await killScheduler(host);
    letCallsGo(context.world, 'commitRecovery');
    startAgain(host);
    return `The scheduler of ${host.name} was killed in the middle of the commit and started again.`;
  },
};

export const longPauseWhileStaging: Fault = {
  name: 'long-pause-while-staging',
  what: `Staging pauses the elected scheduler for ${pauseMs / 1_000} s, longer than its ZooKeeper session lasts unless it has -zk_session_timeout=40secs.`,
  usually: 'stage-backup',
  onlyAt: ['find-elected', 'stage-backup'],
  hosts: 'processes',
  releases: { to: 18 },
  prepare: ({ world }) => holdCalls(world, 'stageRecovery'),
  undo: ({ world }) => letCallsGo(world, 'stageRecovery'),
  run: async (context) => {
    const { world } = context;
    const standing = await untilHeld(context, ['stageRecovery']);
    if (standing === null) return 'Nothing was staged.';
    const { host } = standing;
    const session = ownerOfElection(context);
    await freeze(host, pauseMs);
    const isLost = session === null || !world.zookeeper.sessionIds().includes(session);
    // One that has lost its session must end of it, and not answer before it has noticed.
    if (isLost) await untilEnded(context, host);
    letCallsGo(world, 'stageRecovery');
    if (isLost) startAgain(host);
    return isLost
      ? `Staging paused ${host.name} for longer than its session: it lost the election, ended, and was started again.`
      : `Staging paused ${host.name} for ${pauseMs / 1_000} s; its session lasted longer.`;
  },
};

async function untilEnded({ signal }: FaultContext, host: { directory: string }): Promise<void> {
  for (let waited = 0; waited < endsWithinMs && isRunning(host) && !signal.aborted; waited += lookEveryMs) {
    await sleep(lookEveryMs);
  }
}
