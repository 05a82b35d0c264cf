/** What a restore can follow. */
export const restoreProcedures = ['staged', 'recovery-tool', 'set-aside-log'] as const;
export type RestoreProcedure = (typeof restoreProcedures)[number];

/** How a backup gets into the replicated log: by calls to the elected scheduler, or off-line by Aurora's own tool. */
export type Procedure = Exclude<RestoreProcedure, 'set-aside-log'>;

/** One Aurora cluster, as configured. Durations in milliseconds. */
export interface Cluster {
  readonly name: string;
  readonly auroraVersion: string;
  /** What restores of this cluster use unless something else is asked for; the standard one when absent. */
  readonly procedure?: Procedure;
  readonly hosts: readonly ClusterHost[];
  readonly zookeeper: {
    readonly servers: readonly string[];
    readonly serversetPath: string;
    readonly logGroupPath: string;
  };
  readonly mesos: { readonly masters: readonly string[] };
  /** What people open in a browser to look at the cluster; worked out from the addresses where absent. */
  readonly pages?: ClusterPages;
  /** Slack channel where restores of this cluster are held. */
  readonly channel: string;
  readonly policy: Policy;
  readonly waits: Waits;
}

/** Addresses for a browser. */
export interface ClusterPages {
  readonly scheduler?: string;
  readonly mesos?: string;
}

export interface ClusterHost {
  readonly name: string;
  /** Base URL of the host's agent. */
  readonly agent: string;
  /** What the scheduler advertises in ZooKeeper: `-hostname`, or its address. */
  readonly advertised: string;
  readonly httpPort: number;
  /** `ip:port` of the libprocess address in the log group. */
  readonly libprocess: string;
}

export interface Policy {
  /** Slack user ids; together with the groups, who may sign. Both empty means nobody. */
  readonly approvers: readonly string[];
  readonly approverGroups: readonly string[];
  readonly stopSigners: number;
  readonly commitSigners: number;
  /** May the requester be one of the signers of the commit? Never of the stop. */
  readonly requesterCounts: boolean;
  readonly signOffTtlMs: number;
  readonly commitWindowMs: number;
  /** Backups older than this need one more approver at both gates. */
  readonly oldBackupMs: number;
  /** The second look goes on by itself after this, when `release` is `time`; with `people` they are asked again after it. */
  readonly secondLookMs: number;
  /** Between the reminder and the moment when the second look goes on by itself; ten minutes when absent. */
  readonly graceMs?: number;
  /** Who lets it reconcile: its time as well, or `people` alone. `time` when absent. */
  readonly release?: 'time' | 'people';
  /**
   * After the second look: ask for both reconciliations at once (0.16 and later can), or start the schedulers with their own
   * flags and wait for their timers, which leaves about half an hour between the two. `trigger` when absent.
   */
  readonly reconciliation?: 'trigger' | 'timers';
  /**
   * Whether people sign with keys of their own (passkeys, ssh): `observe` asks for it and goes on without, `require` takes no sign-off
   * without one. Nobody is asked when absent.
   */
  readonly signatures?: 'observe' | 'require';
  /** Whether an approver may let traffic in at the second look; `shut` when absent. */
  readonly lookTraffic?: 'shut' | 'allow';
  /** Who is called when nobody has answered for `afterMs`, and where: a user group, another channel, or both. Nobody when absent. */
  readonly escalation?: { readonly afterMs: number; readonly group?: string; readonly channel?: string };
  /** By role, the Slack user or user group that owns its jobs: they are mentioned at the second look. */
  readonly owners?: Readonly<Record<string, string>>;
}

/** Every wait of the outside world has a bound, and all bounds are here. */
export interface Waits {
  readonly pollMs: number;
  readonly stopGraceMs: number;
  readonly logGroupEmptyMs: number;
  readonly electionMs: number;
  readonly registrationMs: number;
  readonly soakMs: number;
  readonly agentDeadlineMs: number;
}
