import { z } from 'zod';

/** What a child tells, one a line. */
export const taleSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('count'), taken: z.number(), refused: z.number() }),
  z.object({ kind: z.literal('threw'), number: z.number(), why: z.string() }),
  z.object({ kind: z.literal('grew'), number: z.number(), why: z.string() }),
]);

export type Tale = z.infer<typeof taleSchema>;
