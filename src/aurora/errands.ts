/**
 * Errands: what people ask of hosts outside any restore. Their grants bear the name of the errand where those of a restore have its
 * own, so that neither is ever taken for the other.
 */
import { z } from 'zod';
import type { OperationKind } from './operations.ts';

/** Kinds of operations that only errands ask for. */
export const errandKinds = [
  'hold-copy',
  'release-copy',
  'back-up-now',
] as const satisfies readonly OperationKind[];

const errandPattern = /^errand-[a-z0-9-]{1,50}$/;

export function isErrand(id: string): boolean {
  return errandPattern.test(id);
}

/** Holding a backup and letting it go again are one errand: where the copy lies follows from its content. */
export function holdErrand(sha256: string): string {
  return `errand-${sha256.slice(0, 24)}`;
}

/** A copy that people had kept, and why. */
export const heldCopySchema = z
  .object({
    sha256: z.string(),
    name: z.string().describe('The name of the backup.'),
    bytes: z.number(),
    by: z.string().describe('Who wanted it.'),
    why: z.string(),
    atMs: z.number(),
  })
  .readonly()
  .meta({ id: 'HeldCopy' });

export type HeldCopy = z.infer<typeof heldCopySchema>;
