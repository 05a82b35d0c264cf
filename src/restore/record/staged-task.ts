import { z } from 'zod';
import { jobKeySchema, taskFlawSchema } from '../../aurora/tasks.ts';

/** A task of what is staged, as people choose from it and as it is stored. */
export const stagedTask = z
  .object({
    taskId: z.string(),
    jobKey: jobKeySchema,
    status: z.string(),
    /** Why no scheduler survives it; absent when one can. */
    flaw: taskFlawSchema.exactOptional(),
  })
  .readonly();
export type StagedTask = z.infer<typeof stagedTask>;
