/** Copies a log directory so that a power cut leaves all of it under the final name, or nothing. */
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { giveIdentity, identityOf, readPlain, syncDirectory, writeDurably } from './durable-file.ts';
import { readLogDirectory } from './log-directory.ts';

/** `from` stays as it is; `beside` is the unfinished copy's name, and one of an earlier go is our own to remove. */
export async function copyLogDirectory(way: { from: string; beside: string; to: string }): Promise<void> {
  const { from, beside, to } = way;
  const source = await readLogDirectory(from);
  if (source === null) throw new Error(`${from} is gone`);
  await rm(beside, { recursive: true, force: true });
  try {
    await mkdir(beside, { mode: 0o700 });
    for (const name of source.names) {
      await writeDurably(join(beside, name), readPlain(join(from, name)), await identityOf(join(from, name)));
    }
    await giveIdentity(beside, await identityOf(from));
    await syncDirectory(beside);
    await rename(beside, to);
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    throw error;
  }
  await syncDirectory(dirname(to));
}
