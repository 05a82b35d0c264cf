import { z } from 'zod';
import { backupNameSchema, sha256Schema } from '../name-schemas.ts';
import { defineOperation } from './define-operation.ts';
import { heldFile, personsWord } from './parts.ts';

export const holdCopy = defineOperation({
  kind: 'hold-copy',
  does: "Copies a backup out of rotation's reach because somebody wants it kept, outside any restore, with who and why beside it.",
  signed: null,
  proven: 'nobody',
  params: z.strictObject({ name: backupNameSchema, sha256: sha256Schema, by: personsWord, why: personsWord }),
  evidence: heldFile,
});
