import type { AuroraError } from './errors.ts';

/** One `host:port` as a serverset member advertises it. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** A waiting or elected scheduler's election node. */
export interface Candidate {
  /** Child name under the serverset path, for instance `_c_<uuid>-lock-0000000003`. */
  readonly node: string;
  readonly sequence: number;
  /** What the node's data says: the advertised host name (LeaderSelector and legacy elections). */
  readonly host: string;
}

/** What ZooKeeper says about who leads: five answers, never mixed up (aurora.md 8.4). */
export type LeaderAnswer =
  | {
      readonly kind: 'one';
      readonly endpoint: Endpoint;
      readonly node: string;
      readonly candidates: readonly Candidate[];
    }
  | { readonly kind: 'none'; readonly candidates: readonly Candidate[] }
  | {
      readonly kind: 'several';
      readonly members: readonly { readonly node: string; readonly endpoint: Endpoint }[];
      readonly candidates: readonly Candidate[];
    }
  | {
      readonly kind: 'malformed';
      readonly members: readonly { readonly node: string; readonly problem: string }[];
      readonly candidates: readonly Candidate[];
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
  close(): Promise<void>;
}
