import { z } from 'zod';
import { backupNameSchema, sha256Schema } from '../name-schemas.ts';
import { defineOperation, signedErrand } from './define-operation.ts';
import { nothing } from './parts.ts';

export const backUpNow = defineOperation({
  kind: 'back-up-now',
  does: 'Has the scheduler of this host write a backup, when it leads, is READY, has tasks and would overwrite none; proven by decoding what appeared.',
  signed: signedErrand,
  proven: 'never',
  params: nothing,
  evidence: z.strictObject({
    name: backupNameSchema,
    sha256: sha256Schema,
    bytes: z.number(),
    tasks: z.number(),
    /** Of what is in it. */
    atMs: z.number().nullable(),
    ms: z.number(),
  }),
});
