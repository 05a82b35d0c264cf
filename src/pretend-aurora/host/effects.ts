import fs from 'node:fs';
import { z } from 'zod';
import type { Effect } from './effect.ts';

// Reading stands apart from writing: the commands that write run several times a second and load no library.
const effectSchema = z.object({
  effect: z.string(),
  operationId: z.string().nullable(),
  at: z.number(),
  changed: z.boolean(),
  detail: z.string().optional(),
});

/** All effects of a host, oldest first; empty when nothing was done yet. */
export function readEffects(file: string): Effect[] {
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => effectSchema.parse(JSON.parse(line)));
}
