import type { Session, Sessions } from './sessions.ts';
import type { Change, Tree } from './tree.ts';

/** What all connections of one server share. */
export interface ServerState {
  readonly tree: Tree;
  readonly sessions: Sessions;
  now(): number;
  openSession(wantedTimeoutMs: number): Session;
  /** Ends a session and removes its nodes; watchers are told. */
  endSession(id: bigint): void;
  /** A session has one connection at a time: the older one goes. */
  dropConnectionsOf(session: bigint): void;
  publish(changes: readonly Change[]): void;
}
