/** A small file of our own among a service manager's, whose presence keeps the scheduler down. */
import { rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeDirectory, nameExists, removeDurably, writeDurably } from '../files/durable-file.ts';
import { atName } from '../files/pinned.ts';
import { isMissing, readSmall } from '../files/plain-file.ts';

const identity = { mode: 0o644, uid: 0, gid: 0 };

/** Both systemd and supervisor take it for a comment. */
const madeDirectory = '; Its directory was made for it, and goes with it.\n';
const holdBytesMax = 64 * 1024;

/** Makes the file and, where there is none, its directory; both outlive a reboot, as the restore does. */
export async function writeHoldFile(path: string, text: string): Promise<void> {
  const directory = dirname(path);
  const made = !(await nameExists(directory));
  if (made) await makeAllAbove(directory);
  await writeDurably(path, made || (await hasOwnDirectory(path)) ? text + madeDirectory : text, identity);
}

/** Removes what `writeHoldFile` made; a directory in which somebody has put something else stays. */
export async function removeHoldFile(path: string): Promise<void> {
  const own = await hasOwnDirectory(path);
  try {
    await removeDurably(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  // Crash here: an empty directory stays, which means nothing to a service manager.
  if (own) await atName(dirname(path), (at) => rmdir(at)).catch(() => undefined);
}

async function makeAllAbove(directory: string): Promise<void> {
  if (!(await isThere(dirname(directory)))) await makeAllAbove(dirname(directory));
  await makeDirectory({ path: directory, identity: { ...identity, mode: 0o755 } });
}

/** Not even the directory around it may be there. */
async function isThere(directory: string): Promise<boolean> {
  return directory === '/' || (await nameExists(directory));
}

async function hasOwnDirectory(path: string): Promise<boolean> {
  return (await readSmall(path, holdBytesMax).catch(() => '')).endsWith(madeDirectory);
}
