import { defineOperation, signedRelease } from './define-operation.ts';
import { nothing, schedulerAnswer } from './parts.ts';

export const reconcileImplicit = defineOperation({
  kind: 'reconcile-implicit',
  does: 'Has the scheduler ask Mesos for every task that runs: what it does not know is killed.',
  signed: signedRelease,
  params: nothing,
  evidence: schedulerAnswer,
});
