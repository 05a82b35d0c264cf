/** What several kinds of operations take or answer. */
import { z } from 'zod';
import { backupNameSchema, sha256Schema } from '../name-schemas.ts';

export const nothing = z.strictObject({});

/** A backup by its name and its content. */
export const backupOf = z.strictObject({ name: backupNameSchema, sha256: sha256Schema });

/** What a person is called or says, in one line. */
export const personsWord = z
  .string()
  .min(1)
  .max(300)
  .regex(/^\P{Cc}*$/u, 'must be one line of text');

export const heldFile = z.strictObject({ path: z.string(), bytes: z.number() });

export const flagName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,99}$/, 'must be the name of a flag');

export const flagValue = z
  .string()
  .max(4_000)
  .regex(/^\P{Cc}*$/u, 'must be one line of text');

/**
 * How the local scheduler answered a changing call. `no-reply` means sent and unknown (aurora.md 4.4);
 * `not-ready` means refused before anything was done (ERROR_TRANSIENT, `Storage is not READY`).
 */
export const schedulerAnswer = z.strictObject({
  answer: z.enum(['ok', 'error', 'not-ready', 'no-reply']),
  messages: z.array(z.string()).readonly(),
  ms: z.number(),
});
