import { defineOperation, signedCommit } from './define-operation.ts';
import { nothing, schedulerAnswer } from './parts.ts';

export const commitRecovery = defineOperation({
  kind: 'commit-recovery',
  does: 'Has the scheduler replace its storage by what is staged. Sent once.',
  signed: signedCommit,
  proven: 'commit',
  params: nothing,
  evidence: schedulerAnswer,
});
