/** Words of the incident's journal, independent of what the events are about and of where they are kept. */

/** An event as it was written down. Never changed, never removed. */
export interface Recorded<E> {
  readonly restoreId: string;
  /** 1, 2, 3 … without gaps within a restore. */
  readonly seq: number;
  readonly at: number;
  readonly event: E;
  /** Hex sha256 over the previous hash and this record: the chain that makes an edit visible. */
  readonly hash: string;
}

/** Proof that the writer may still act for a cluster; agents refuse an older fence. */
export interface Lease {
  readonly cluster: string;
  readonly owner: string;
  readonly fence: number;
}

/**
 * The append-only journal. An append is atomic: all its events or none. It is refused with AuroraError
 * `journal-moved` when `expectedSeq` is not the last sequence any more (read again and decide again), and with
 * `lease-lost` when a lease is given that somebody else holds now.
 */
export interface Journal<E> {
  /** Opens a restore with its first event; AuroraError `cluster-busy` when the cluster has one that has not ended. */
  open(restore: {
    restoreId: string;
    cluster: string;
    at: number;
    event: E;
  }): Promise<readonly Recorded<E>[]>;
  append(entry: {
    restoreId: string;
    expectedSeq: number;
    at: number;
    events: readonly E[];
    lease?: Lease;
    /** The last event ends the restore: the cluster is free for another one. */
    ends?: boolean;
  }): Promise<readonly Recorded<E>[]>;
  /** Every event in order; empty for an unknown restore. */
  read(restoreId: string, afterSeq?: number): Promise<readonly Recorded<E>[]>;
  listRestores(filter: {
    open?: boolean;
    cluster?: string;
  }): Promise<readonly { restoreId: string; cluster: string; open: boolean }[]>;
  /** The next free name, `R1`, `R2`, …; never given twice. */
  nextRestoreId(): Promise<string>;
  /** Calls back after every commit of an append in this process; returns the way to stop. */
  onAppend(listener: (restoreId: string) => void): () => void;
}

/** Leases with fencing: one worker per cluster, and whoever takes over gets a higher fence. */
export interface Leases {
  /** `null` when somebody else holds it and it has not run out. The same owner gets it again at once, with a new fence. */
  acquire(request: { cluster: string; owner: string; ttlMs: number; now: number }): Promise<Lease | null>;
  /** False when it was lost. */
  renew(lease: Lease, times: { ttlMs: number; now: number }): Promise<boolean>;
  release(lease: Lease): Promise<void>;
}

/** Long lists that belong to a restore (task ids), kept out of the events and named by them through a hash. */
export interface Documents {
  save(document: {
    restoreId: string;
    name: string;
    text: string;
  }): Promise<{ sha256: string; bytes: number }>;
  load(restoreId: string, name: string): Promise<string | null>;
}
