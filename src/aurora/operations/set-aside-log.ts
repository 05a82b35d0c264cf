import { z } from 'zod';
import { defineOperation, signedStop } from './define-operation.ts';
import { nothing } from './parts.ts';

export const setAsideLog = defineOperation({
  kind: 'set-aside-log',
  does: 'Renames the directory of the replicated log, beside where it was.',
  signed: signedStop,
  proven: 'stop',
  params: nothing,
  evidence: z.strictObject({ path: z.string(), files: z.number(), bytes: z.number() }),
});
