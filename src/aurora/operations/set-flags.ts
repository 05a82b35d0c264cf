import { z } from 'zod';
import { defineOperation, signedStop } from './define-operation.ts';
import { flagName, flagValue } from './parts.ts';

export const setFlags = defineOperation({
  kind: 'set-flags',
  does: 'Replaces values of scheduler flags, never adds a second one; `null` takes a flag out. The original file is set aside once per restore.',
  signed: signedStop,
  proven: 'by flags',
  params: z.strictObject({
    flags: z
      .record(flagName, flagValue.nullable())
      .refine((flags) => Object.keys(flags).length > 0, 'must name a flag')
      .refine((flags) => Object.keys(flags).length <= 100, 'must not name more than 100 flags'),
  }),
  evidence: z.strictObject({ setAside: z.string(), sha256Before: z.string(), sha256After: z.string() }),
});
