import { defineOperation } from './define-operation.ts';
import { backupOf, heldFile } from './parts.ts';

export const receiveBackup = defineOperation({
  kind: 'receive-backup',
  does: 'Takes the backup that the bot has brought (`PUT /v1/uploads/…`) into the hold directory, when its content is right.',
  signed: null,
  proven: 'nobody',
  params: backupOf,
  evidence: heldFile,
});
