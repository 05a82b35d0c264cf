import { z } from 'zod';
import { defineOperation, signedStop } from './define-operation.ts';
import { nothing } from './parts.ts';

export const putBackLog = defineOperation({
  kind: 'put-back-log',
  does: 'Moves the new log away and gives the log that was set aside its name again.',
  signed: signedStop,
  proven: 'nobody, or go-back',
  params: nothing,
  evidence: z.strictObject({
    path: z.string(),
    movedNewLogTo: z.string().nullable(),
    files: z.number(),
    bytes: z.number(),
  }),
});
