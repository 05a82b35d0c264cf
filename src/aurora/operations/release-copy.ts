import { z } from 'zod';
import { sha256Schema } from '../name-schemas.ts';
import { defineOperation, signedErrand } from './define-operation.ts';

export const releaseCopy = defineOperation({
  kind: 'release-copy',
  does: 'Lets a copy go that `hold-copy` keeps: it is moved aside, to `released` in the state directory, until somebody removes it there.',
  signed: signedErrand,
  proven: 'never',
  params: z.strictObject({ sha256: sha256Schema }),
  evidence: z.strictObject({ movedTo: z.string().nullable() }),
});
