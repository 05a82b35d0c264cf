/** Numbers of ZooKeeper's client protocol (Apache ZooKeeper 3.8: `ZooDefs.OpCode`, `KeeperException.Code`). */
export const operations = {
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  getAcl: 6,
  setAcl: 7,
  getChildren: 8,
  sync: 9,
  ping: 11,
  getChildren2: 12,
  check: 13,
  multi: 14,
  create2: 15,
  createContainer: 19,
  auth: 100,
  setWatches: 101,
  closeSession: -11,
} as const;

export const errors = {
  ok: 0,
  /** An operation of a `multi` behind the one that failed. */
  runtimeInconsistency: -2,
  marshallingError: -5,
  unimplemented: -6,
  badArguments: -8,
  noNode: -101,
  noAuth: -102,
  badVersion: -103,
  noChildrenForEphemerals: -108,
  nodeExists: -110,
  notEmpty: -111,
  invalidAcl: -114,
  authFailed: -115,
} as const;

/** `Watcher.Event.EventType`. */
export const watchEvents = {
  nodeCreated: 1,
  nodeDeleted: 2,
  nodeDataChanged: 3,
  nodeChildrenChanged: 4,
} as const;

export type WatchEventType = (typeof watchEvents)[keyof typeof watchEvents];

/** Reserved transaction ids of packets that answer no numbered request. */
export const xids = { notification: -1, ping: -2, auth: -4, setWatches: -8 } as const;

/** An operation the server refuses; becomes the `err` of the reply header. */
export class Refusal extends Error {
  readonly code: number;

  constructor(code: number, path: string) {
    super(`ZooKeeper error ${code} for ${path}`);
    this.code = code;
  }
}
