import type { AuroraError } from './errors.ts';

/** One `host:port` as a serverset member advertises it. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Where a node comes from, as ZooKeeper tells. */
export interface NodeOrigin {
  /** Of the node, whole. */
  readonly path: string;
  /** By ZooKeeper's clock. */
  readonly createdAtMs: number;
  /** Counts up with every change in ZooKeeper: of two nodes the older one has the lower. */
  readonly createdZxid: number;
  /** It goes away with the session that made it. */
  readonly ephemeral: boolean;
}

/**
 * What a `member_` child does to every scheduler, and so to every client (aurora.md 16, on a real 0.23): `counted` as a leader,
 * whatever its name and its status say; `skipped` as if it were not there; `breaks` answers, which are then all HTTP 500.
 */
export type MemberEffect = 'counted' | 'skipped' | 'breaks';

/** A `member_` child of the serverset, whoever wrote it. */
export interface MemberEntry {
  readonly node: string;
  /** Whom it names; `null` when schedulers read nobody in it. */
  readonly endpoint: Endpoint | null;
  /** What no scheduler would have written, for a sentence: `its data is not JSON`. `null` for one as they write it. */
  readonly problem: string | null;
  readonly effect: MemberEffect;
  readonly origin: NodeOrigin;
}

/** A waiting or elected scheduler's election node. */
export interface Candidate {
  /** Child name under the serverset path, for instance `_c_<uuid>-lock-0000000003`. */
  readonly node: string;
  readonly sequence: number;
  /** What the node's data says: the advertised host name (LeaderSelector and legacy elections). */
  readonly host: string;
  readonly origin?: NodeOrigin;
}

/**
 * What ZooKeeper says about who leads: five answers, never mixed up (aurora.md 8.4). `one`, `none` and `several` are what
 * schedulers make of it; `malformed` is `none` with entries that cannot be read. `entries` has every `member_` child, and is
 * absent where there is none.
 */
export type LeaderAnswer =
  | {
      readonly kind: 'one';
      readonly endpoint: Endpoint;
      readonly node: string;
      readonly candidates: readonly Candidate[];
      readonly entries?: readonly MemberEntry[];
    }
  | {
      readonly kind: 'none';
      readonly candidates: readonly Candidate[];
      readonly entries?: readonly MemberEntry[];
    }
  | {
      readonly kind: 'several';
      readonly members: readonly { readonly node: string; readonly endpoint: Endpoint }[];
      readonly candidates: readonly Candidate[];
      readonly entries?: readonly MemberEntry[];
    }
  | {
      readonly kind: 'malformed';
      readonly members: readonly { readonly node: string; readonly problem: string }[];
      readonly candidates: readonly Candidate[];
      readonly entries?: readonly MemberEntry[];
    }
  | { readonly kind: 'unreachable'; readonly error: AuroraError };

/** A replica of the replicated log that ZooKeeper knows: `log-replica(1)@10.0.0.1:8083` (mesos.md 3). */
export interface LogReplica {
  readonly node: string;
  readonly address: string;
}

/** One cluster's view of ZooKeeper. Reads only; every call has a deadline and may be repeated. */
export interface LeaderFinder {
  /** Never throws for a state of the outside world: that is what the five answers are for. */
  findLeader(): Promise<LeaderAnswer>;
  /** Members of the replicated log's group, empty when the group does not exist; throws AuroraError when ZooKeeper cannot be asked. */
  listLogReplicas(): Promise<readonly LogReplica[]>;
  /**
   * Calls back when what the two above answer may be something else: a node came or went, or ZooKeeper was lost or is back. It does not
   * say what, at most ten times a second for each of the two. Once it is in place it calls back once. Answers how to stop.
   */
  watch(listener: () => void): () => void;
  close(): Promise<void>;
}
