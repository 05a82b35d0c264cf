import { z } from 'zod';
import { defineOperation, signedStop } from './define-operation.ts';
import { nothing } from './parts.ts';

export const initializeLog = defineOperation({
  kind: 'initialize-log',
  does: 'Makes a blank log with `mesos-log initialize`, and proves that it is one.',
  signed: signedStop,
  proven: 'stop',
  params: nothing,
  evidence: z.strictObject({
    exitCode: z.number(),
    /** What the tool printed, `0 -> 0` for a blank log. */
    positions: z.string(),
    persisted: z.boolean(),
    files: z.number(),
    bytes: z.number(),
  }),
});
