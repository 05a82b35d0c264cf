import { z } from 'zod';
import { backupNameSchema } from '../name-schemas.ts';
import { defineOperation, signedStop } from './define-operation.ts';
import { schedulerAnswer } from './parts.ts';

export const stageBackup = defineOperation({
  kind: 'stage-backup',
  does: 'Has the scheduler of this host load the backup, for all to look at before it is committed.',
  signed: signedStop,
  proven: 'stop',
  params: z.strictObject({ name: backupNameSchema }),
  evidence: schedulerAnswer,
});
