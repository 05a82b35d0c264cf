/**
 * Copies of backups that people had kept outside any restore: `<state>/held/errand-…/<name>`, with who and why in `note.json` beside
 * it. What was let go lies in `<state>/released` until somebody removes it. All of it is root's own, and counts as kept (kept-backups.ts).
 */
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type HeldCopy, heldCopySchema, isErrand } from '../aurora/errands.ts';
import { writeDurably } from './files/durable-file.ts';
import { isMissing, readSmall } from './files/plain-file.ts';

const noteName = 'note.json';
const noteBytesMax = 8 * 1024;

export async function writeNote(state: string, errand: string, copy: HeldCopy): Promise<void> {
  await writeDurably(join(state, 'held', errand, noteName), `${JSON.stringify(copy)}\n`);
}

/** Newest first. A copy without a note that can be read was not finished, and is none. */
export async function listHeldCopies(state: string): Promise<readonly HeldCopy[]> {
  const errands = (await namesIn(join(state, 'held'))).filter(isErrand);
  const notes = await Promise.all(errands.map((errand) => readNote(state, errand)));
  return notes.filter((note) => note !== null).sort((a, b) => b.atMs - a.atMs);
}

export async function readNote(state: string, errand: string): Promise<HeldCopy | null> {
  try {
    const text = await readSmall(join(state, 'held', errand, noteName), noteBytesMax);
    return heldCopySchema.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Moves it aside under a name that says when. `null` when nothing is held for this errand. */
export async function letGo(state: string, errand: string, now: number): Promise<string | null> {
  const released = join(state, 'released');
  await mkdir(released, { recursive: true, mode: 0o700 });
  const to = join(released, `${errand}.${now}`);
  try {
    await rename(join(state, 'held', errand), to);
    return to;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function namesIn(directory: string): Promise<string[]> {
  return await readdir(directory).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
}
