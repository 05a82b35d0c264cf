import { join } from 'node:path';

/** Where a pretend host keeps its things; everything of one host is under one directory. */
interface HostPaths {
  readonly flags: string;
  readonly world: string;
  readonly log: string;
  readonly backups: string;
  /** There as long as the scheduler is meant to run. */
  readonly pid: string;
  /** Its pid, once it has been told to stop. */
  readonly stoppingPid: string;
  readonly output: string;
  readonly traffic: string;
  readonly effects: string;
  /** What befalls the scheduler while it runs, by order of a fault. */
  readonly befalls: string;
}

export function hostPaths(directory: string): HostPaths {
  return {
    flags: join(directory, 'scheduler.flags'),
    world: join(directory, 'world.json'),
    log: join(directory, 'db'),
    backups: join(directory, 'backups'),
    pid: join(directory, 'scheduler.pid'),
    stoppingPid: join(directory, 'scheduler.pid.stopping'),
    output: join(directory, 'scheduler.log'),
    traffic: join(directory, 'traffic'),
    effects: join(directory, 'effects.jsonl'),
    befalls: join(directory, 'befalls'),
  };
}
