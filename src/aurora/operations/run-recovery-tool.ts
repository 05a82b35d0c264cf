import { z } from 'zod';
import { backupNameSchema, sha256Schema } from '../name-schemas.ts';
import { defineOperation, signedCommit } from './define-operation.ts';
import { flagName, flagValue } from './parts.ts';

export const runRecoveryTool = defineOperation({
  kind: 'run-recovery-tool',
  does: 'Fills the blank log from the placed backup, off-line. `flags` replace values of the scheduler.',
  signed: signedCommit,
  proven: 'commit',
  params: z.strictObject({
    name: backupNameSchema,
    sha256: sha256Schema,
    flags: z
      .record(flagName, flagValue)
      .refine((flags) => Object.keys(flags).length <= 100, 'must not name more than 100 flags'),
  }),
  evidence: z.strictObject({
    exitCode: z.number(),
    /** As the tool said it, like `ms`. */
    copiedOps: z.number(),
    ms: z.number(),
    /** The end of its output. */
    tail: z.string(),
  }),
});
