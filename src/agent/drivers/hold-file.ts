/** A small file of our own among a service manager's, whose presence keeps the scheduler down. */
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory, writeDurably } from '../files/durable-file.ts';

const identity = { mode: 0o644, uid: 0, gid: 0 };

/** Makes the file and its directory; both outlive a reboot, as the restore does. */
export async function writeHoldFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  await writeDurably(path, text, identity);
}

/** Removes what `writeHoldFile` made; the directory stays. */
export async function removeHoldFile(path: string): Promise<void> {
  await rm(path, { force: true });
  await syncDirectory(dirname(path)).catch(() => undefined);
}
