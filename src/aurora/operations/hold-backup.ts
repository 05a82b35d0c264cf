import { defineOperation } from './define-operation.ts';
import { backupOf, heldFile } from './parts.ts';

export const holdBackup = defineOperation({
  kind: 'hold-backup',
  does: "Copies the backup out of rotation's reach, into the hold directory of the restore.",
  signed: null,
  proven: 'nobody',
  params: backupOf,
  evidence: heldFile,
});
