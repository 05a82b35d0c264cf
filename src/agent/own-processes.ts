/**
 * Which processes can be an agent's own. Any account may start one with the environment and the arguments of a command of
 * ours, and whoever waits for that waits for them.
 */
import { readFile, stat } from 'node:fs/promises';

/**
 * Of these pids, those of the agent's account. A wrapper such as `runuser` turns into a process of the scheduler's account,
 * whose log it is: one of those counts only in the agent's own control group, where the scheduler of a service manager is not.
 */
export async function keepOwn(pids: readonly number[], log: string): Promise<readonly number[]> {
  const own = process.geteuid?.();
  const scheduler = (await stat(log).catch(() => null))?.uid;
  const group = await readGroup('self');
  const kept = await Promise.all(
    pids.map(async (pid) => {
      const uids = await readUids(pid);
      if (uids.every((uid) => uid === own)) return uids.length > 0;
      return uids.every((uid) => uid === scheduler) && (await readGroup(pid)) === group;
    }),
  );
  return pids.filter((_pid, index) => kept[index]);
}

/** Real, effective, saved and file system's (proc(5)); none when it has ended. */
async function readUids(pid: number): Promise<readonly number[]> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return (/^Uid:\s+(.*)$/m.exec(status)?.[1] ?? '').split(/\s+/).filter(Boolean).map(Number);
}

function readGroup(pid: number | 'self'): Promise<string | null> {
  return readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => null);
}
