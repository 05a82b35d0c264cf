import { defineOperation, signedCommit } from './define-operation.ts';
import { nothing, schedulerAnswer } from './parts.ts';

export const reconcileExplicit = defineOperation({
  kind: 'reconcile-explicit',
  does: 'Has the scheduler ask Mesos about every task it knows: what does not run is lost, and launched again.',
  signed: signedCommit,
  params: nothing,
  evidence: schedulerAnswer,
});
