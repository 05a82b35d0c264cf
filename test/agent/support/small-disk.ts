/** File systems of a test's own, mounted below its directory. Root only: the agent is root as well. */
import { execFile } from 'node:child_process';
import { mkdir, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Mounts {
  /** A tmpfs of that size, in KiB, at `path`, which is made; as many inodes as it likes unless it is said. */
  tmpfs(path: string, kib: number, inodes?: number): Promise<void>;
  /** What lies at `from` a second time, at `path`, which is made. */
  bind(from: string, path: string): Promise<void>;
  readOnly(path: string): Promise<void>;
  dispose(): Promise<void>;
}

export function createMounts(): Mounts {
  const made: string[] = [];
  const mount = async (path: string, ...args: readonly string[]): Promise<void> => {
    await run('mount', [...args, path]);
    made.push(path);
  };
  return {
    tmpfs: async (path, kib, inodes = 0) => {
      await mkdir(path, { recursive: true });
      await mount(path, '-t', 'tmpfs', '-o', `size=${kib}k,nr_inodes=${inodes},mode=0755`, 'tmpfs');
    },
    bind: async (from, path) => {
      await mkdir(path, { recursive: true });
      await mount(path, '--bind', from);
    },
    readOnly: async (path) => {
      await run('mount', ['-o', 'remount,bind,ro', path]);
    },
    dispose: async () => {
      for (const path of made.toReversed()) await run('umount', ['--lazy', path]);
    },
  };
}

/** Leaves that many KiB free, for root as well. */
export async function fill(directory: string, leaveKib = 0): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const bytes = bavail * bsize - leaveKib * 1024;
  await writeFile(join(directory, 'somebody-elses'), Buffer.alloc(Math.max(0, bytes), 7));
}

/** `+i`, `+a`, `-i` or `-a`. */
export async function setAttribute(change: string, path: string): Promise<void> {
  await run('chattr', [change, path]);
}
