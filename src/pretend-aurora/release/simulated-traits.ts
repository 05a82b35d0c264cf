/** In what Aurora's releases differ besides, as only somebody meets it who is one of them. The values are in `simulated-history.ts`. */
export interface SimulatedTraits {
  /** `ServerInfo.thriftAPIVersion` is filled. */
  readonly namesApiVersion: boolean;
  /**
   * What the media types of a request do. `ignored`: everything is TJSON and says `application/x-thrift`. `exact`: they
   * choose the protocol, and a parameter such as a charset is refused with 415. `charset`: the one with utf-8 is taken.
   */
  readonly mediaTypes: 'ignored' | 'exact' | 'charset';
  /**
   * What a scheduler that does not lead does with calls. `never`: it serves them. `while-led`: it sends them to the leader,
   * and serves them while nobody is advertised. `always`: it answers 503 then, and `Bypass-Leader-Redirect` is heeded.
   */
  readonly redirects: 'never' | 'while-led' | 'always';
  readonly electionNodes: 'singleton-candidate' | 'latch' | 'lock';
  /** A word on the command line that is no flag stops the start. */
  readonly refusesStrayWords: boolean;
  /** `performBackup` on a scheduler whose storage is not READY answers OK and writes an empty file. */
  readonly backsUpUnready: boolean;
  /** How `stageRecovery` names a file that is not there. */
  readonly namesMissingBackup: 'by-id' | 'by-path';
  readonly decodeFailure: string;
  /** A successful `commitRecovery` is answered; otherwise the connection just ends. */
  readonly repliesToCommit: boolean;
  /** When the process ends by itself after a commit. A process that does not keeps its log's lock and its vote. */
  readonly endsAfterCommit: 'always' | 'without-webhook' | 'when-active';
  /** A leader that commits while ACTIVE writes its member node once more and lets its session expire. */
  readonly advertisesWhileDying: boolean;
  /** Where a task's needs stand. */
  readonly taskResources: 'scalars' | 'both' | 'set';
  readonly quotaResources: 'scalars' | 'both' | 'set';
  /** What `getTasksWithoutConfigs` leaves out: all of the executor's configuration, or its data alone. */
  readonly leavesOut: 'executor' | 'executor-data';
  /** Role, environment and job name also stand in the older fields of a task's configuration. */
  readonly repeatsJobKey: boolean;
  /** What a snapshot says about the build that wrote it. */
  readonly buildDetails: 'fields' | 'map';
  /** Which optional parts a snapshot has. */
  readonly snapshotParts: {
    readonly jobUpdates: boolean;
    readonly locks: boolean;
    readonly dbScript: boolean;
    readonly maintenanceRequests: boolean;
  };
  /** Tasks count how often they were partitioned. */
  readonly countsPartitions: boolean;
  /** A scheduler whose shutdown deadlocked still serves its pages. */
  readonly answersInDeadlock: boolean;
  /** `/vars` counts the starts of storage. */
  readonly countsStorageStarts: boolean;
}
