import zookeeper, { type Client, type Event, type Exception, type Stat } from 'node-zookeeper-client';
import type { Clock } from '../aurora/clock.ts';
import { messageOf } from '../aurora/errors.ts';
import { withDeadline } from './deadline.ts';
import { isNoNode, translateNoAuth, zookeeperUnreachable } from './failures.ts';
import { hardenClient } from './library.ts';
import { connectionString } from './servers.ts';

export interface SessionOptions {
  readonly servers: readonly string[];
  /** Asked for; the server may choose another. */
  readonly sessionTimeoutMs: number;
  /** Bound of connecting and of every call. */
  readonly deadlineMs: number;
  /** Bound of connecting, when it is another one. */
  readonly openWithinMs?: number;
  readonly clock: Clock;
  /**
   * Ask the server something every third of the session timeout, and end the session when it does not answer: the
   * library never notices a half-open connection. Left out, only the server's word ends the session.
   */
  readonly heartbeat: boolean;
  /** Gives `user:password` of the digest scheme, for nodes that not everybody may read. Asked at each opening; secret. */
  readonly digest?: (() => Promise<string>) | undefined;
}

type Done<T> = (error: Error | Exception | null, value: T) => void;

/**
 * One ZooKeeper session on one disposable library client. It ends for good when the server expires it, when a
 * heartbeat fails, or when somebody ends it; it is never mended, only replaced (docs of the library's defects:
 * `library.ts`). After its end every call rejects.
 */
export interface ZooKeeperSession {
  /** Resolves when the session is over, with the reason. Never rejects. */
  readonly ended: Promise<string>;
  /** 16 hex digits, as ZooKeeper's logs print it. */
  readonly id: string;
  /** As negotiated. */
  readonly timeoutMs: number;
  /** Names of the children; `null` when there is no such node. AuroraError `zookeeper-not-readable` when its ACL forbids it. */
  children(path: string, options?: { watch: boolean }): Promise<readonly string[] | null>;
  /** `null` when there is no such node. AuroraError `zookeeper-not-readable` when its ACL forbids it. */
  data(path: string, options?: { watch: boolean }): Promise<Buffer | null>;
  /** `null` when there is no such node. */
  stat(path: string, options?: { watch: boolean }): Promise<Stat | null>;
  /** Any other call of the library, with the session's deadline. Rejects with the library's exception. */
  call<T>(what: string, start: (client: Client, done: Done<T>) => void): Promise<T>;
  /**
   * Calls `listener` whenever something watched may have changed: a watch on `path` fired, or the connection came back
   * (`null`). It does not say what: look again (level-triggered). Answers how to stop.
   */
  onChange(listener: (path: string | null) => void): () => void;
  /** Whether it was opened with these credentials. */
  isOf(digest: string | undefined): boolean;
  /** Ends the session and tells the server, which removes its ephemeral nodes at once. */
  close(): void;
  /** Cuts the connection without a word: the server keeps the session and its nodes until the timeout. */
  drop(): void;
}

/**
 * Opens a session; throws AuroraError `zookeeper-unreachable` when no server grants one within the deadline, and whatever
 * `digest` throws.
 */
export async function openSession(options: SessionOptions): Promise<ZooKeeperSession> {
  const { clock, deadlineMs } = options;
  const openWithinMs = options.openWithinMs ?? deadlineMs;
  const digest = await options.digest?.();
  const client = zookeeper.createClient(connectionString(options.servers), {
    sessionTimeout: options.sessionTimeoutMs,
    // The pause between rounds over all servers; the library's second is most of a short deadline.
    spinDelay: Math.min(200, openWithinMs / 4),
    retries: 0,
  });
  if (digest !== undefined) client.addAuthInfo('digest', Buffer.from(digest));
  let garbage: string | null = null;
  const lifeline = hardenClient(client, {
    // Short enough that every other server, and one of them again, gets its turn within the deadline.
    turnMs: Math.min(openWithinMs, options.sessionTimeoutMs) / Math.max(3, options.servers.length + 1),
    onGarbage: (problem) => {
      garbage = problem;
    },
  });

  const over = Promise.withResolvers<string>();
  const stopped = new AbortController();
  /** Calls under way: the library never settles what was queued when the session expires. */
  const pending = new Set<(error: Error) => void>();
  const end = (reason: string, cut: () => void): void => {
    if (stopped.signal.aborted) return;
    stopped.abort();
    cut();
    over.resolve(reason);
    for (const reject of pending) reject(new Error(reason));
  };

  const listeners = new Set<(path: string | null) => void>();
  const tell = (path: string | null): void => {
    for (const listener of listeners) listener(path);
  };
  // One function for every watch: the library keeps a listener per path and function, so asking again adds none.
  const changed = (event: Event): void => tell(event.getPath());
  const connected = Promise.withResolvers<void>();
  client.on('connected', () => {
    connected.resolve();
    tell(null);
  });
  client.on('expired', () => end('the server expired the session', lifeline.discard));
  client.connect();
  try {
    await withDeadline(connected.promise, { clock, ms: openWithinMs, what: 'opening a session' });
  } catch (cause) {
    end('no session was granted', lifeline.discard);
    throw zookeeperUnreachable({ servers: options.servers, garbage, cause });
  }

  const call = async <T>(what: string, start: (client: Client, done: Done<T>) => void): Promise<T> => {
    if (stopped.signal.aborted) throw new Error(`${what}: ${await over.promise}`);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    pending.add(reject);
    try {
      start(client, (error, value) =>
        error === null || error === undefined ? resolve(value) : reject(error),
      );
      return await withDeadline(promise, { clock, ms: deadlineMs, what });
    } finally {
      pending.delete(reject);
    }
  };

  const read = async <T>(path: string, answer: Promise<T>): Promise<T | null> => {
    try {
      return await answer;
    } catch (error) {
      if (isNoNode(error)) return null;
      throw translateNoAuth(error, { path, withDigest: digest !== undefined });
    }
  };

  const session: ZooKeeperSession = {
    ended: over.promise,
    id: client.getSessionId().toString('hex'),
    timeoutMs: client.getSessionTimeout(),
    children: (path, watched) =>
      read(
        path,
        call<readonly string[]>(`listing ${path}`, (library, done) =>
          watched?.watch === true
            ? library.getChildren(path, changed, done)
            : library.getChildren(path, done),
        ),
      ),
    data: (path, watched) =>
      read(
        path,
        call<Buffer | undefined>(`reading ${path}`, (library, done) =>
          watched?.watch === true ? library.getData(path, changed, done) : library.getData(path, done),
        ).then((bytes) => bytes ?? Buffer.alloc(0)), // a node without data
      ),
    stat: (path, watched) =>
      call<Stat | null>(`looking at ${path}`, (library, done) =>
        watched?.watch === true ? library.exists(path, changed, done) : library.exists(path, done),
      ),
    call,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    isOf: (credentials) => credentials === digest,
    close: () => end('the session was closed', lifeline.discard),
    drop: () => end('the session was dropped', lifeline.drop),
  };
  if (options.heartbeat) {
    void beat({
      session,
      clock,
      signal: stopped.signal,
      fail: (reason) => end(reason, lifeline.discard),
    });
  }
  return session;
}

async function beat(options: {
  session: ZooKeeperSession;
  clock: Clock;
  signal: AbortSignal;
  fail: (reason: string) => void;
}): Promise<void> {
  const { session, clock, signal } = options;
  while (!signal.aborted) {
    await clock.sleep(session.timeoutMs / 3, signal);
    if (signal.aborted) return;
    try {
      await session.stat('/');
    } catch (error) {
      options.fail(`a heartbeat failed (${messageOf(error)})`);
    }
  }
}
