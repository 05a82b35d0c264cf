/**
 * Which mount a name is on, as the kernel has it. Device numbers do not tell: a bind mount of a directory has its device, and a
 * rename across it fails all the same (EXDEV, EBUSY: rename(2)). They do not tell what shares room either: subvolumes of one
 * btrfs have numbers of their own.
 */
import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { nameOnly } from './pinned.ts';

interface Mount {
  /** Of the mount: equal for two names between which a rename is possible. */
  readonly id: number;
  /** `major:minor` of the file system: equal for what shares room. */
  readonly fileSystem: string;
}

/** Of what is there; a link is not followed. Throws the error of open(2) when there is nothing. */
export async function mountOf(path: string): Promise<Mount> {
  const file = await open(path, nameOnly | constants.O_NOFOLLOW);
  try {
    const id = Number(/^mnt_id:\s*(\d+)$/m.exec(await readFile(`/proc/self/fdinfo/${file.fd}`, 'utf8'))?.[1]);
    // proc_pid_mountinfo(5): mount id, parent id, major:minor, …
    const line = (await readFile('/proc/self/mountinfo', 'utf8'))
      .split('\n')
      .map((text) => text.split(' '))
      .find(([first]) => Number(first) === id);
    return { id, fileSystem: line?.[2] ?? `mount ${id}` };
  } finally {
    await file.close();
  }
}
