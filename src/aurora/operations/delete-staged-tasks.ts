import { z } from 'zod';
import { defineOperation, signedStop } from './define-operation.ts';
import { schedulerAnswer } from './parts.ts';

export const deleteStagedTasks = defineOperation({
  kind: 'delete-staged-tasks',
  does: 'Takes tasks out of what is staged, by exact ids only.',
  signed: signedStop,
  proven: 'stop',
  params: z.strictObject({
    taskIds: z
      .array(
        z
          .string()
          .max(1_000)
          .regex(/^(?=.*\S)\P{Cc}+$/u, 'must be the id of a task'),
      )
      .min(1, 'must name a task: an empty query would delete them all')
      .max(100_000),
  }),
  evidence: schedulerAnswer,
});
