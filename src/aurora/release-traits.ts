/** In what Aurora's releases differ, as far as a restore meets it. The values are in `release-history.ts`. */
export interface ReleaseTraits {
  /** Admin calls carry a SessionKey that some of them insist on. */
  readonly sessionKey: boolean;
  /** What its API reads and answers; TJSON works with every release, and takes several times as long. */
  readonly protocol: 'tjson' | 'tbinary';
  /** `/leaderhealth` exists; it answers 404 where it does not. */
  readonly leaderHealth: boolean;
  /** An election node says which host it belongs to, as that host is advertised. */
  readonly electionNodesNameHosts: boolean;
  /**
   * How tasks that the store does not know are found. `by-executor`: by the GC executor alone. `by-timer`: by two
   * reconciliations that nobody can ask for. `on-call`: those also by call.
   */
  readonly reconciliation: 'by-executor' | 'by-timer' | 'on-call';
  readonly flagParser: 'arg-scanner' | 'jcommander';
  /** An elected scheduler takes snapshots, and with them backups, before it has registered: empty ones push good ones out. */
  readonly backsUpUnregistered: boolean;
  /** Its session in ZooKeeper is 4 s unless told otherwise: staging a big backup takes longer, and loses the election. */
  readonly shortSession: boolean;
  /** `bin/recovery-tool` is shipped. */
  readonly recoveryTool: boolean;
}
