/** Which backups a real scheduler could live on: every line of the table, with its bytes. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { fixturePath, readJson } from './fixtures.ts';
import { mutate } from './mutate.ts';

const line = z.object({
  mutation: z.string(),
  path: z.string(),
  base: z.string().nullable(),
  lives: z.boolean(),
  what: z.enum(['lives', 'scheduler dies at start', 'recovery-tool fails']),
  exception: z.string().optional(),
  file: z.string().optional(),
});

type LivedOn = z.infer<typeof line> & { readonly title: string; bytes(): Buffer };

/** Recorded files where there are any, else the change done to the base. */
export function livedOn(): readonly LivedOn[] {
  return z
    .array(line)
    .parse(readJson('backups/lived-on/table.json'))
    .map((one) => ({
      ...one,
      title: `${one.path} ${one.mutation.slice(0, 5)} of ${one.base ?? 'none'}${one.file === undefined ? '' : `, ${one.file}`}`,
      bytes: () => (one.file === undefined ? changed(one) : readFileSync(pathOf(one.file))),
    }));
}

/** The unchanged backup that most lines start from. */
export function livedOnBase(): Buffer {
  return readFileSync(pathOf('base'));
}

/** The bytes of a line as the change makes them. */
export function changed(one: Pick<LivedOn, 'base' | 'path' | 'mutation'>): Buffer {
  if (one.base === null) throw new Error('it was written by a scheduler as it is');
  return mutate(readFileSync(one.base === 'base' ? pathOf('base') : fixturePath(`backups/${one.base}`)), one);
}

function pathOf(file: string): string {
  return fixturePath(`backups/lived-on/${file}`);
}
