/**
 * The calls to this host's scheduler share one shape: sent once, and however the scheduler answers, or does not, is
 * evidence. Before the first try there is nothing to observe; after a crash each says what can be seen of it.
 */
import type { OperationParams, SchedulerAnswer } from '../../aurora/operations.ts';
import type { Observation, Operation, OperationContext } from './operation.ts';

type SchedulerCallKind =
  | 'stage-backup'
  | 'delete-staged-tasks'
  | 'commit-recovery'
  | 'reconcile-explicit'
  | 'reconcile-implicit';

interface SchedulerCall<K extends SchedulerCallKind> {
  send(context: OperationContext, params: OperationParams[K]): Promise<SchedulerAnswer>;
  /** Asked after a crash only. */
  lookAfterCrash(context: OperationContext, params: OperationParams[K]): Promise<Observation<K>>;
}

/** An operation that is one call. */
export function callOperation<K extends SchedulerCallKind>(
  call: SchedulerCall<K>,
): Operation<SchedulerCallKind & K> {
  return {
    observe: async (context, params) =>
      context.interrupted ? await call.lookAfterCrash(context, params) : { state: 'not-done' },
    run: async (context, params) => {
      const evidence = await call.send(context, params);
      // An error or a lost reply may still have changed something (aurora.md 13); `not-ready` surely has not.
      return { changed: evidence.answer !== 'not-ready', evidence };
    },
  };
}

/** What a call cannot prove about itself. */
export const cannotTell = {
  state: 'unknown',
  why: 'The agent was interrupted in the middle of a call to the scheduler, which may or may not have arrived.',
} as const;

/** Evidence of a call whose reply nobody heard and whose effect was found. */
export function foundDone(what: string): SchedulerAnswer {
  return { answer: 'ok', messages: [`The agent was interrupted; afterwards ${what}.`], ms: 0 };
}
