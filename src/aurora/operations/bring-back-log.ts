import { z } from 'zod';
import { restoreIdSchema } from '../name-schemas.ts';
import { defineOperation, signedStop } from './define-operation.ts';

export const bringBackLog = defineOperation({
  kind: 'bring-back-log',
  does: 'Copies the log that an earlier restore set aside into place; what that restore set aside stays where it is.',
  signed: signedStop,
  proven: 'stop',
  params: z.strictObject({ of: restoreIdSchema }),
  evidence: z.strictObject({
    path: z.string(),
    from: z.string(),
    files: z.number(),
    bytes: z.number(),
  }),
});
