import fs from 'node:fs';
import { z } from 'zod';

/** Something that was done to a pretend host. Counted outside of bot and agent: the drill's own witness. */
const effectSchema = z.object({
  /** `start`, `stop`, `kill`, `block`, `unblock`, `initialize`. */
  effect: z.string(),
  /** The agent's operation that asked for it; `null` when somebody else did. */
  operationId: z.string().nullable(),
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** Whether the host was changed; a second start of a running scheduler changes nothing. */
  changed: z.boolean(),
  detail: z.string().optional(),
});

export type Effect = z.infer<typeof effectSchema>;

/** Appends one JSON line; one write call, so lines of several processes never mix. */
export function appendEffect(file: string, effect: Effect): void {
  fs.appendFileSync(file, `${JSON.stringify(effect)}\n`);
}

/** All effects of a host, oldest first; empty when nothing was done yet. */
export function readEffects(file: string): Effect[] {
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => effectSchema.parse(JSON.parse(line)));
}
