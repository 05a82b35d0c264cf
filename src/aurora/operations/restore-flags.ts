import { z } from 'zod';
import { defineOperation, signedStop } from './define-operation.ts';
import { nothing } from './parts.ts';

export const restoreFlags = defineOperation({
  kind: 'restore-flags',
  does: 'Puts the original flag file back, byte for byte.',
  signed: signedStop,
  proven: 'nobody, or release',
  params: nothing,
  evidence: z.strictObject({ sha256: z.string() }),
});
