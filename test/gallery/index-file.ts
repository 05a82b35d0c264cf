/** What the pictures are of: kept beside them, so that a test sees when words have changed since they were taken. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { blocksOf, type Example } from './example.ts';
import type { Way } from './pictures.ts';

export const docs = join(import.meta.dirname, '../../docs');
export const picturesIn = join(docs, 'gallery');
const file = join(picturesIn, 'pictures.json');

const schema = z.record(z.string(), z.string());

/** The hash of what each example showed when its pictures were taken, by its id. */
type Taken = Readonly<Record<string, string>>;

export async function readTaken(): Promise<Taken> {
  return schema.parse(JSON.parse(await readFile(file, 'utf8')));
}

export const takenFile = file;

export function pictureName({ id }: Example, way: Way): string {
  return `${id}-${way}.webp`;
}

/** Of what can be seen: values of buttons are sealed anew each time. */
export function hashOf(example: Example): string {
  const shown =
    'view' in example ? [example.view.title, example.view.submit, blocksOf(example)] : blocksOf(example);
  const seen = JSON.stringify(shown, (key, value: unknown) => (key === 'value' ? undefined : value));
  return createHash('sha256').update(seen).digest('hex').slice(0, 16);
}
