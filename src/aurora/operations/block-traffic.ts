import { defineOperation, signedStop } from './define-operation.ts';
import { nothing } from './parts.ts';

export const blockTraffic = defineOperation({
  kind: 'block-traffic',
  does: 'Refuses outside traffic to the HTTP port of the scheduler.',
  signed: signedStop,
  proven: 'stop',
  params: nothing,
  evidence: nothing,
});
