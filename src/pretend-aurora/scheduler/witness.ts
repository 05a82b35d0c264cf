import { appendEffect } from '../host/effect.ts';

/** Calls of the recovery family, and of reconciliation, that change something in a scheduler. */
const changing: ReadonlySet<string> = new Set([
  'stageRecovery',
  'unloadRecovery',
  'deleteRecoveryTasks',
  'commitRecovery',
  'triggerExplicitTaskReconciliation',
  'triggerImplicitTaskReconciliation',
]);

/** Writes changing calls to the host's effects; who asked for them a scheduler cannot know. */
export function witnessTo(file: string | undefined): (method: string) => void {
  return (method) => {
    if (file === undefined || !changing.has(method)) return;
    appendEffect(file, { effect: method, operationId: null, at: Date.now(), changed: true });
  };
}
