import { createServer, type Server } from 'node:net';
import type { Clock } from '../../aurora/clock.ts';
import { Connection } from './connection.ts';
import { Sessions } from './sessions.ts';
import type { ServerState } from './state.ts';
import { Tree } from './tree.ts';

interface ZooKeeperServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly clock: Clock;
  /** How often sessions are looked at; also the most an expiry can be late. */
  readonly tickMs?: number;
  readonly minSessionTimeoutMs: number;
  readonly maxSessionTimeoutMs: number;
}

/** A node as the drill and tests look at it. `ephemeralOwner` is a session id, `null` for a node that stays. */
export interface DumpedNode {
  readonly path: string;
  readonly data: string;
  readonly ephemeralOwner: bigint | null;
}

export interface ZooKeeperServer {
  readonly port: number;
  /** Names of the children, sorted; empty when there is no such node. */
  list(path: string): readonly string[];
  /** Every node, sorted by path. */
  dump(): readonly DumpedNode[];
  /** Sessions that are open, with or without a connection. */
  sessionIds(): readonly bigint[];
  /** Ends a session as its timeout would, without the wait. Its client learns it when it reconnects. */
  expireSession(id: bigint): void;
  /**
   * Stops answering until `resume`, as a stopped process does: connections are accepted and stay mute. With
   * `drop`, connections are cut and new ones are cut at once. No session expires meanwhile.
   */
  pause(options?: { drop: boolean }): void;
  /**
   * Goes on as a server that was started again: every session has a whole timeout left. With `sessionsOver`, as one
   * that stood still for longer than they last: the first thing that it does is to end them all.
   */
  resume(options?: { sessionsOver: boolean }): void;
  /** Cuts every connection; sessions go on. */
  dropConnections(): void;
  close(): Promise<void>;
}

/**
 * A ZooKeeper in this process, speaking the client protocol of 3.8 over TCP: sessions that outlive their
 * connection by their timeout, ephemeral and sequential nodes, one-shot watches, ACLs, `multi`. No ensemble, no disk,
 * no four-letter words. Throws when the port cannot be bound.
 */
export async function startZooKeeperServer(options: ZooKeeperServerOptions): Promise<ZooKeeperServer> {
  const { clock } = options;
  const connections = new Set<Connection>();
  const startedAt = clock.now();
  // Transaction ids start where no earlier life of this server can have been: a client that outlived a restart is
  // told that its session has expired, and not turned away for knowing too much.
  const tree = new Tree({ firstZxid: BigInt(startedAt) << 20n, now: startedAt });
  const sessions = new Sessions({
    minMs: options.minSessionTimeoutMs,
    maxMs: options.maxSessionTimeoutMs,
    now: startedAt,
  });
  const state: ServerState = {
    tree,
    sessions,
    now: () => clock.now(),
    openSession: (wantedTimeoutMs) => {
      tree.nextZxid();
      return sessions.open({ wantedTimeoutMs, now: clock.now() });
    },
    endSession: (id) => {
      sessions.end(id);
      state.publish(tree.removeEphemerals(id));
    },
    dropConnectionsOf: (session) => {
      for (const connection of connections) if (connection.sessionId === session) connection.drop();
    },
    publish: (changes) => {
      for (const change of changes) for (const connection of connections) connection.notify(change);
    },
  };
  const expire = (id: bigint): void => {
    state.endSession(id);
    state.dropConnectionsOf(id);
  };

  let pause: { drop: boolean } | null = null;
  const server = createServer((socket) => {
    if (pause?.drop === true) {
      socket.destroy();
      return;
    }
    const connection = new Connection(socket, state);
    if (pause !== null) connection.pause();
    connections.add(connection);
    socket.on('close', () => connections.delete(connection));
  });
  const port = await listen(server, options);

  const stopped = new AbortController();
  const expiry = (async () => {
    while (!stopped.signal.aborted) {
      await clock.sleep(options.tickMs ?? 100, stopped.signal);
      if (pause === null) for (const session of sessions.silentSince(clock.now())) expire(session.id);
    }
  })();

  const dropConnections = (): void => {
    for (const connection of connections) connection.drop();
  };
  return {
    port,
    list: (path) => (tree.stat(path) === null ? [] : [...tree.read(path).children].sort()),
    dump: () => tree.paths().map((path) => dumpNode(tree, path)),
    sessionIds: () => sessions.ids(),
    expireSession: expire,
    pause: (how = { drop: false }) => {
      pause = how;
      if (how.drop) dropConnections();
      else for (const connection of connections) connection.pause();
    },
    resume: ({ sessionsOver } = { sessionsOver: false }) => {
      pause = null;
      sessions.renewAll(clock.now());
      if (sessionsOver) for (const id of sessions.ids()) expire(id);
      for (const connection of connections) connection.resume();
    },
    dropConnections,
    close: async () => {
      stopped.abort();
      dropConnections();
      await new Promise((resolve) => server.close(resolve));
      await expiry;
    },
  };
}

function listen(server: Server, where: { host: string; port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where.port, where.host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : where.port);
    });
  });
}

function dumpNode(tree: Tree, path: string): DumpedNode {
  const { data, stat } = tree.read(path);
  return {
    path,
    data: data.toString('utf8'),
    ephemeralOwner: stat.ephemeralOwner === 0n ? null : stat.ephemeralOwner,
  };
}
