import { z } from 'zod';
import { defineOperation, signedStop } from './define-operation.ts';
import { backupOf } from './parts.ts';

export const placeBackup = defineOperation({
  kind: 'place-backup',
  does: 'Copies the held backup into the backup directory, under its own name.',
  signed: signedStop,
  proven: 'stop',
  params: backupOf,
  evidence: z.strictObject({ path: z.string(), replaced: z.string().nullable() }),
});
