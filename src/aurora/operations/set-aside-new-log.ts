import { z } from 'zod';
import { defineOperation, signedStop } from './define-operation.ts';
import { nothing } from './parts.ts';

export const setAsideNewLog = defineOperation({
  kind: 'set-aside-new-log',
  does: 'Moves whatever log this restore has made aside and leaves an empty directory: a replica in it does not vote.',
  signed: signedStop,
  proven: 'nobody, or go-back',
  params: nothing,
  evidence: z.strictObject({
    path: z.string(),
    movedTo: z.string().nullable(),
    /** Of what was moved. */
    bytes: z.number(),
  }),
});
