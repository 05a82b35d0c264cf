import { z } from 'zod';
import { defineOperation, signedStop } from './define-operation.ts';

export const stopScheduler = defineOperation({
  kind: 'stop-scheduler',
  does: 'Stops the scheduler and keeps it stopped: SIGTERM, after `graceMs` SIGKILL, and says which.',
  signed: signedStop,
  proven: 'stop, or nobody on the way',
  params: z.strictObject({ graceMs: z.number().int().min(0).max(600_000) }),
  evidence: z.strictObject({
    pid: z.number().nullable(),
    killed: z.boolean(),
    stoppedInMs: z.number(),
  }),
});
