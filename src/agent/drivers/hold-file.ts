/** A small file of our own among a service manager's, whose presence keeps the scheduler down. */
import { mkdir, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { giveIdentity, syncDirectory, writeDurably } from '../files/durable-file.ts';

const identity = { mode: 0o644, uid: 0, gid: 0 };

/** Both systemd and supervisor take it for a comment. */
const madeDirectory = '; Its directory was made for it, and goes with it.\n';

/** Makes the file and, where there is none, its directory; both outlive a reboot, as the restore does. */
export async function writeHoldFile(path: string, text: string): Promise<void> {
  const directory = dirname(path);
  const made = (await mkdir(directory, { recursive: true, mode: 0o755 })) !== undefined;
  if (made) await giveIdentity(directory, { ...identity, mode: 0o755 });
  await writeDurably(path, made || (await hasOwnDirectory(path)) ? text + madeDirectory : text, identity);
}

/** Removes what `writeHoldFile` made; a directory in which somebody has put something else stays. */
export async function removeHoldFile(path: string): Promise<void> {
  const directory = dirname(path);
  const own = await hasOwnDirectory(path);
  await rm(path, { force: true });
  await syncDirectory(directory).catch(() => undefined);
  // Crash here: an empty directory stays, which means nothing to a service manager.
  if (own) await rmdir(directory).catch(() => undefined);
}

async function hasOwnDirectory(path: string): Promise<boolean> {
  return (await readFile(path, 'utf8').catch(() => '')).endsWith(madeDirectory);
}
