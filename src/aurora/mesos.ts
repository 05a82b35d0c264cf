/** A task as the Mesos master lists it. Its id is Aurora's task id, byte for byte (mesos.md 5). */
export interface LiveTask {
  readonly taskId: string;
  /** `role/environment/job`, as Mesos calls it. */
  readonly name: string;
  readonly agentId: string;
  /** A Mesos state such as `TASK_RUNNING`. */
  readonly state: string;
  readonly tier?: string;
}

export interface FrameworkFacts {
  readonly frameworkId: string;
  readonly name: string;
  readonly connected: boolean;
  readonly failoverTimeoutMs: number;
  /** When the framework disconnected, if it did; the failover clock runs from here. */
  readonly unregisteredAtMs: number | null;
}

/** Which tasks really run, from the master's operator API. Reads only; every call has a deadline. */
export interface MesosMaster {
  /**
   * Hands the live tasks (staging, starting, running, killing) of one framework to `consume` as they arrive, in any order;
   * again from the first one when another master has to be asked. Throws AuroraError when the census cannot be trusted: then
   * what was handed out counts for nothing.
   */
  listLiveTasks<T>(frameworkId: string, consume: (tasks: AsyncIterable<LiveTask>) => Promise<T>): Promise<T>;
  listFrameworks(): Promise<readonly FrameworkFacts[]>;
}
