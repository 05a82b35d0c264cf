import { defineOperation, signedRelease } from './define-operation.ts';
import { nothing, schedulerAnswer } from './parts.ts';

export const reconcileExplicit = defineOperation({
  kind: 'reconcile-explicit',
  does: 'Has the scheduler ask Mesos about every task it knows: what does not run is lost, and launched again.',
  signed: signedRelease,
  params: nothing,
  evidence: schedulerAnswer,
});
