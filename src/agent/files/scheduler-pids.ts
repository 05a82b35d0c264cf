/**
 * Which process is the scheduler, where a service manager names a wrapper, a pid of long ago, or none. What is not proven to be one is
 * never named: somebody may kill it.
 */
import { schedulerFlags } from '../flags/command-line.ts';
import { findLockHolders } from './lock-holders.ts';
import { isAlive } from './processes.ts';
import { readSchedulerProcess } from './scheduler-process.ts';

/** The named process, when its command line has flags of a scheduler; else one that holds the log; `null` when there is none. */
export async function findScheduler(named: number | null, log: string): Promise<number | null> {
  if (named !== null && (await isAlive(named))) {
    const found = await readSchedulerProcess(named);
    if (found !== null && schedulerFlags(found.argv) !== null) return named;
  }
  return (await findLockHolders(log))[0] ?? null;
}

/** SIGKILL to the scheduler and to whoever holds its log. */
export async function killSchedulers(named: number | null, log: string): Promise<void> {
  const found = await findScheduler(named, log);
  for (const pid of new Set([...(found === null ? [] : [found]), ...(await findLockHolders(log))])) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile; whoever asked looks at the host.
    }
  }
}
