import { defineOperation, signedStop } from './define-operation.ts';
import { nothing } from './parts.ts';

export const unblockTraffic = defineOperation({
  kind: 'unblock-traffic',
  does: 'Lets outside traffic in again.',
  signed: signedStop,
  proven: 'nobody',
  params: nothing,
  evidence: nothing,
});
