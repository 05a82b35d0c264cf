/**
 * Calls whose effect does not show on this scheduler: a commit, after which another one is elected, and the two
 * reconciliations. Interrupted, they are never sent again by the agent: they park as `uncertain`, and the bot finds out by
 * looking at the cluster (design promise 8). The one thing that can be told from here is that a commit never arrived.
 */
import { AuroraError } from '../../aurora/errors.ts';
import { countTasks } from '../../aurora/tasks.ts';
import type { Observation, OperationContext } from './operation.ts';
import { callOperation, cannotTell } from './scheduler-call.ts';

const lookAfterCrash = () => Promise.resolve(cannotTell);

export const commitRecovery = callOperation<'commit-recovery'>({
  send: ({ scheduler, interrupted }) => {
    // Whoever wants it still compares what is staged again, and asks for another operation.
    if (interrupted) throw neverArrived();
    return scheduler.commitRecovery();
  },
  lookAfterCrash: lookForCommit,
});

/**
 * A commit that arrived ends the scheduler: its port closes and its staged set is gone (aurora.md 4.4, 13). While it keeps
 * answering and keeps the set for longer than a commit takes, none has arrived; anything else cannot be told.
 */
async function lookForCommit({
  reader,
  clock,
  config,
}: OperationContext): Promise<Observation<'commit-recovery'>> {
  const endsAt = clock.now() + config.bounds.commitMs;
  while (clock.now() < endsAt) {
    const staged = await reader.queryStaged(countTasks).catch(() => null);
    if (staged === null) return cannotTell;
    await clock.sleep(config.bounds.pollMs);
  }
  return { state: 'not-done' };
}

function neverArrived(): AuroraError {
  return new AuroraError({
    code: 'commit-never-arrived',
    message:
      'The agent was interrupted before the commit reached the scheduler, which continues with its staged backup.',
    hint: 'Nothing was committed; the bot compares what is staged again and commits again.',
  });
}

export const reconcileExplicit = callOperation<'reconcile-explicit'>({
  send: ({ scheduler }) => scheduler.reconcileExplicit(),
  lookAfterCrash,
});

export const reconcileImplicit = callOperation<'reconcile-implicit'>({
  send: ({ scheduler }) => scheduler.reconcileImplicit(),
  lookAfterCrash,
});
