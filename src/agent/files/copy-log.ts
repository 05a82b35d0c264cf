/** Copies a log directory so that a power cut leaves all of it under the final name, or nothing. */
import { chmod, chown, lstat, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readPlain, syncDirectory, writeDurably } from './durable-file.ts';
import { readLogDirectory } from './log-directory.ts';

/** `from` stays as it is; `beside` is the unfinished copy's name, and one of an earlier go is our own to remove. */
export async function copyLogDirectory(way: { from: string; beside: string; to: string }): Promise<void> {
  const { from, beside, to } = way;
  const source = await readLogDirectory(from);
  if (source === null) throw new Error(`${from} is gone`);
  await rm(beside, { recursive: true, force: true });
  await mkdir(beside, { mode: 0o700 });
  for (const name of source.names) {
    await writeDurably(join(beside, name), readPlain(join(from, name)), await identityOf(join(from, name)));
  }
  const { mode, uid, gid } = await identityOf(from);
  if (process.getuid?.() === 0) await chown(beside, uid, gid);
  await chmod(beside, mode);
  await syncDirectory(beside);
  await rename(beside, to);
  await syncDirectory(dirname(to));
}

async function identityOf(path: string): Promise<{ mode: number; uid: number; gid: number }> {
  const { mode, uid, gid } = await lstat(path);
  return { mode: mode & 0o7777, uid, gid };
}
