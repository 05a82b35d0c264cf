/**
 * Which mount a name is on, as the kernel has it. Device numbers do not tell: a bind mount of a directory has its device, and a
 * rename across it fails all the same (EXDEV, EBUSY: rename(2)). They do not tell what shares room either: subvolumes of one
 * btrfs have numbers of their own.
 */
import { constants } from 'node:fs';
import { open, readFile, readlink } from 'node:fs/promises';
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
    const told = toldId(await readFile(`/proc/self/fdinfo/${file.fd}`, 'utf8'));
    const mounts = parseMounts(await readFile('/proc/self/mountinfo', 'utf8'));
    // Linux before 3.15 tells no id; where the name is it tells, and the mount follows from that.
    const found =
      told === null
        ? mountAround(mounts, await readlink(`/proc/self/fd/${file.fd}`))
        : mounts.find(({ id }) => id === told);
    return found ?? { id: told ?? 0, fileSystem: `mount ${told ?? 'unknown'}` };
  } finally {
    await file.close();
  }
}

/** Whether this kernel tells the mount of a descriptor (Linux 3.15). */
export async function tellsMountIds(): Promise<boolean> {
  const file = await open('/', nameOnly);
  try {
    return toldId(await readFile(`/proc/self/fdinfo/${file.fd}`, 'utf8')) !== null;
  } finally {
    await file.close();
  }
}

function toldId(fdinfo: string): number | null {
  const [, id] = /^mnt_id:\s*(\d+)$/m.exec(fdinfo) ?? [];
  return id === undefined ? null : Number(id);
}

/** A mount, and where it is. */
interface MountPoint extends Mount {
  readonly at: string;
}

/** proc_pid_mountinfo(5): mount id, parent id, major:minor, root, mount point, …; a blank in a path is \040. */
export function parseMounts(mountinfo: string): readonly MountPoint[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [id, , fileSystem, , at] = line.split(' ');
    if (id === undefined || fileSystem === undefined || at === undefined) return [];
    const path = at.replace(/\\([0-7]{3})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 8)),
    );
    return [{ id: Number(id), fileSystem, at: path }];
  });
}

/** Of mounts around a path the deepest, and of two at one place the later one, which hides the other. */
export function mountAround(mounts: readonly MountPoint[], path: string): MountPoint | undefined {
  return mounts
    .filter(({ at }) => at === '/' || path === at || path.startsWith(`${at}/`))
    .reduce<MountPoint | undefined>(
      (best, each) => (best === undefined || each.at.length >= best.at.length ? each : best),
      undefined,
    );
}
