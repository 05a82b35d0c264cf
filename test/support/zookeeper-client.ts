import { Socket } from 'node:net';
import zookeeper, { type Client, type Event, type Stat } from 'node-zookeeper-client';

/** The unmodified library with promises, and nothing else of ours between the test and the wire. */
export interface TestClient {
  readonly library: Client;
  /** States in the order they were announced: `connected`, `disconnected`, `expired`. */
  readonly states: readonly string[];
  /** Watch events in the order they fired, as `NODE_CREATED /path`. */
  readonly events: readonly string[];
  create(path: string, options?: { data?: string; mode?: number }): Promise<string>;
  remove(path: string, version?: number): Promise<void>;
  /** `null` when there is no such node. */
  exists(path: string, watch?: boolean): Promise<Stat | null>;
  get(path: string, watch?: boolean): Promise<{ data: string; stat: Stat }>;
  set(path: string, data: string, version?: number): Promise<Stat>;
  /** Sorted. */
  children(path: string, watch?: boolean): Promise<readonly string[]>;
  /** Resolves when this state is announced next. */
  next(state: 'connected' | 'disconnected' | 'expired'): Promise<void>;
  close(): Promise<void>;
}

export interface ClientOptions {
  readonly host: string;
  readonly port: number;
  readonly sessionTimeout?: number;
  readonly sessionId?: Buffer;
  readonly sessionPassword?: Buffer;
}

/** Makes a client and begins to connect; `next('connected')` to wait for it. */
export function startClient(options: ClientOptions): TestClient {
  const library = zookeeper.createClient(`${options.host}:${options.port}`, {
    sessionTimeout: 5_000,
    spinDelay: 20,
    ...options,
  });
  const states: string[] = [];
  const events: string[] = [];
  for (const state of ['connected', 'disconnected', 'expired']) library.on(state, () => states.push(state));
  const onEvent = (event: Event): void => {
    events.push(`${event.getName()} ${event.getPath()}`);
  };
  const next = (state: string): Promise<void> =>
    new Promise((resolve) => {
      library.once(state, resolve);
    });
  let closed = false;
  library.connect();
  return {
    library,
    states,
    events,
    create: (path, { data = '', mode = zookeeper.CreateMode.PERSISTENT } = {}) =>
      promised((done) => library.create(path, Buffer.from(data), mode, done)),
    remove: (path, version = -1) =>
      promised((done) => library.remove(path, version, (e) => done(e, undefined))),
    exists: (path, watch = false) =>
      promised<Stat | null>((done) =>
        watch ? library.exists(path, onEvent, done) : library.exists(path, done),
      ),
    get: (path, watch = false) =>
      promised((done) => {
        const got = (error: unknown, data: Buffer | undefined, stat: Stat): void =>
          done(error, { data: data?.toString('utf8') ?? '', stat });
        if (watch) library.getData(path, onEvent, got);
        else library.getData(path, got);
      }),
    set: (path, data, version = -1) =>
      promised((done) => library.setData(path, Buffer.from(data), version, done)),
    children: async (path, watch = false) => {
      const names = await promised<string[]>((done) =>
        watch ? library.getChildren(path, onEvent, done) : library.getChildren(path, done),
      );
      return names.toSorted();
    },
    next,
    close: async () => {
      if (closed || states.includes('expired')) return;
      closed = true;
      if (states.at(-1) !== 'connected') {
        abandon(library);
        return;
      }
      const gone = next('disconnected');
      library.close();
      await gone;
    },
  };
}

/** A client that has its session. */
export async function connectClient(options: ClientOptions): Promise<TestClient> {
  const client = startClient(options);
  await client.next('connected');
  return client;
}

/** A client between two connections cannot be closed: its inside is stopped, and its session left to time out. */
function abandon(library: Client): void {
  const manager: unknown = Reflect.get(library, 'connectionManager');
  if (typeof manager !== 'object' || manager === null) return;
  Reflect.set(manager, 'connect', () => undefined);
  const socket: unknown = Reflect.get(manager, 'socket');
  if (socket instanceof Socket) socket.destroy();
}

function promised<T>(start: (done: (error: unknown, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => {
      if (error === null || error === undefined) resolve(value);
      else reject(error instanceof Error ? error : new Error('not an error', { cause: error }));
    });
  });
}
