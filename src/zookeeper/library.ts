import type { Socket } from 'node:net';
import zookeeper, { type Client } from 'node-zookeeper-client';

/** Largest frame we take: ZooKeeper's own limit (`jute.maxbuffer`) twice over, for servers that have raised it. */
const maxFrameBytes = 2 * 1024 * 1024;

/** The inside of node-zookeeper-client 1.1.3 that its defects make us touch (pinned; a test notices a change). */
interface ConnectionManager {
  pendingBuffer: Buffer | null;
  socket?: Socket;
  /** Milliseconds until a server that takes no connection is given up for the next one. */
  connectTimeout: number;
  /** Called with the negotiated timeout of the session; derives `connectTimeout` from it. */
  updateTimeout(sessionTimeoutMs: number): void;
  connect(): void;
  onSocketConnected(): void;
  onSocketData(chunk: Buffer): void;
}

/**
 * Hardens a client before it connects, and returns how to get rid of it. `onGarbage` hears that the peer does not
 * speak ZooKeeper; its connection has then been cut. A server that takes no connection within `turnMs`, or accepts one and
 * does not shake hands for as long, has had its turn, and the library tries the next one.
 *
 * What is mended, each seen on the real library: half a frame of a cut connection was glued to the next connection's
 * bytes; a frame of any announced size was collected (an HTTP server looks like 1.2 GB); an exception while
 * decoding escaped as uncaughtException; a mute peer was waited for for ever (a ZooKeeper 3.8 that is just starting may
 * take the first bytes of a handshake and never answer it); a dead machine that sends no refusal was tried for a share of the
 * session's timeout, which is longer than anybody waits for an answer.
 */
export function hardenClient(
  client: Client,
  options: { turnMs: number; onGarbage: (problem: string) => void },
): ClientLifeline {
  const manager = managerOf(client);
  const decode = manager.onSocketData.bind(manager);
  manager.onSocketData = (chunk) => {
    try {
      const start = Buffer.concat([manager.pendingBuffer ?? Buffer.alloc(0), chunk.subarray(0, 4)]);
      const length = start.length < 4 ? 0 : start.readInt32BE();
      if (length < 0 || length > maxFrameBytes)
        throw new RangeError(`it announces a frame of ${length} bytes`);
      decode(chunk);
    } catch (error) {
      manager.socket?.destroy();
      options.onGarbage(error instanceof Error ? error.message : String(error));
    }
  };
  const negotiate = manager.updateTimeout.bind(manager);
  manager.updateTimeout = (sessionTimeoutMs) => {
    negotiate(sessionTimeoutMs);
    manager.connectTimeout = options.turnMs;
  };
  manager.connectTimeout = options.turnMs;
  const greet = manager.onSocketConnected.bind(manager);
  manager.onSocketConnected = () => {
    greet();
    const { socket } = manager;
    socket?.setTimeout(options.turnMs).on('timeout', () => {
      // Once connected, the library uses the same timer for its pings.
      if (client.getState() !== zookeeper.State.SYNC_CONNECTED) socket.destroy();
    });
  };
  client.on('disconnected', () => {
    manager.pendingBuffer = null;
  });
  const cut = (): void => {
    // A reconnect may be under way, and a closed client would try again: both end here.
    manager.connect = () => undefined;
    manager.onSocketConnected = () => manager.socket?.destroy();
    manager.socket?.destroy();
  };
  return {
    discard: () => {
      client.close();
      cut();
    },
    drop: cut,
  };
}

interface ClientLifeline {
  /** Closes the session if the server can be told, and the connection in any case. */
  discard(): void;
  /** Cuts the connection and says nothing: the session lives on until its timeout, as after a kill. */
  drop(): void;
}

function managerOf(client: Client): ConnectionManager {
  const manager: unknown = Reflect.get(client, 'connectionManager');
  if (!isConnectionManager(manager)) {
    throw new TypeError('node-zookeeper-client is not the release this room was written for (1.1.3)');
  }
  return manager;
}

function isConnectionManager(value: unknown): value is ConnectionManager {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pendingBuffer' in value &&
    'connectTimeout' in value &&
    ['connect', 'updateTimeout', 'onSocketConnected', 'onSocketData'].every(
      (name) => typeof Reflect.get(value, name) === 'function',
    )
  );
}
