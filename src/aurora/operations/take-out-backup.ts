import { z } from 'zod';
import { defineOperation, signedStop } from './define-operation.ts';
import { backupOf } from './parts.ts';

export const takeOutBackup = defineOperation({
  kind: 'take-out-backup',
  does: 'Moves what `place-backup` put there out again; a file that was there before stays.',
  signed: signedStop,
  proven: 'nobody',
  params: backupOf,
  evidence: z.strictObject({ movedTo: z.string().nullable() }),
});
