import { z } from 'zod';

/**
 * What the real world would be to a simulated scheduler: WORLD.json. Nothing here is a flag of Aurora, so
 * that the flag files of the drill stay those of a real host.
 */
const worldSchema = z.object({
  /** The release of Aurora that this scheduler is. */
  auroraVersion: z.string().default('0.22.0'),
  /** Address of the pretend machine, for releases without `-ip`: the real ones listen on every address of theirs. */
  ip: z.string().default('127.0.0.1'),
  /**
   * How fast Aurora's durations pass, in real ms. The clock of the wall (backup names, timestamps) is not
   * scaled.
   */
  time: z.object({
    /** One second of elections, retries and registration. */
    msPerSecond: z.number().positive().default(20),
    /** One minute of reconciliation (which counts whole minutes) and of states that must not last. */
    msPerMinute: z.number().positive().default(60_000),
    /** One hour of snapshots, backups and leading. */
    msPerHour: z.number().positive().default(3_600_000),
  }),
  /** Address a flag must name to reach the simulated master, and where that master's HTTP is. */
  mesos: z.object({ address: z.string(), url: z.string() }),
  /** `ip:port` of this scheduler's replica, and of all replicas of the ensemble (this one included or not). */
  libprocess: z.string(),
  replicas: z.array(z.string()),
  /** Timeouts stand for 15 s sessions; those of `-zk_session_timeout` are in proportion, see `session-habits.ts`. */
  zookeeper: z.object({
    sessionTimeoutMs: z.number(),
    logSessionTimeoutMs: z.number(),
    deadlineMs: z.number(),
  }),
  /**
   * Waits so long (real ms) before it joins ZooKeeper, so that a drill knows who is elected when all start at
   * once.
   */
  joinAfterMs: z.number().nonnegative().default(0),
  /** How a commitRecovery that can be applied ends. */
  commit: z
    .enum(['reply', 'lose-reply', 'append-timeout-applied', 'append-timeout-not-applied'])
    .default('reply'),
  /** Where calls that change something are witnessed, a JSON line each; nowhere when absent. */
  effects: z.string().optional(),
  /** Directory of what befalls the scheduler while it runs, see `befalls.ts`; nothing ever does when absent. */
  befalls: z.string().optional(),
  /** From this every id of a replacement task is derived, so that drills repeat. */
  seed: z.string().default('drill'),
});

export type World = z.infer<typeof worldSchema>;
export type WorldInput = z.input<typeof worldSchema>;

/** Throws ZodError. */
export function parseWorld(text: string): World {
  return worldSchema.parse(JSON.parse(text));
}
