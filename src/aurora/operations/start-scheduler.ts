import { z } from 'zod';
import { defineOperation, signedStop } from './define-operation.ts';
import { nothing } from './parts.ts';

export const startScheduler = defineOperation({
  kind: 'start-scheduler',
  does: 'Starts the scheduler and sees that it lives, with the flags of the flag file.',
  signed: signedStop,
  proven: 'by log and flags',
  params: nothing,
  evidence: z.strictObject({
    pid: z.number().nullable(),
    /** Read back from the process, where the service manager names it. */
    auroraVersion: z.string().nullable().exactOptional(),
    /** How many flags of the process are as in the file. */
    flagsRead: z.number().exactOptional(),
  }),
});
