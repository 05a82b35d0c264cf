import zookeeper from 'node-zookeeper-client';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import {
  type ClientOptions,
  connectClient,
  startClient,
  type TestClient,
} from '../../support/zookeeper-client.ts';
import { bounds, type ServerUnderTest, serversUnderTest } from './servers.ts';

const { EPHEMERAL, EPHEMERAL_SEQUENTIAL, PERSISTENT_SEQUENTIAL } = zookeeper.CreateMode;
const { Exception } = zookeeper;

// One contract, two servers: what holds for Debian's ZooKeeper holds for the drill's, or the drill lies.
describe.each(serversUnderTest)('$name', ({ start }) => {
  let server: ServerUnderTest;
  let proxy: TcpProxy;
  const clients: TestClient[] = [];
  let roots = 0;

  beforeAll(async () => {
    server = await start();
    proxy = await startTcpProxy(server);
  });
  afterAll(async () => {
    await proxy.close();
    await server.close();
  });
  afterEach(async () => {
    proxy.open();
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });

  async function client(options: Partial<ClientOptions> = {}): Promise<TestClient> {
    const connected = await connectClient({ host: server.host, port: server.port, ...options });
    clients.push(connected);
    return connected;
  }
  /** A client that the proxy can cut off. */
  const behindProxy = (options: Partial<ClientOptions> = {}): Promise<TestClient> =>
    client({ host: proxy.host, port: proxy.port, ...options });
  /** A node of this test alone. */
  async function root(by: TestClient): Promise<string> {
    roots += 1;
    return by.create(`/test-${roots}`);
  }

  describe('nodes', () => {
    test('keep their data, in any script', async () => {
      const one = await client();
      const path = await root(one);

      await one.create(`${path}/größe`, { data: '大きさ' });
      const { data, stat } = await one.get(`${path}/größe`);

      expect(data).toBe('大きさ');
      expect(stat).toMatchObject({ version: 0, cversion: 0, aversion: 0, dataLength: 9, numChildren: 0 });
      expect(stat.czxid).toEqual(stat.mzxid);
      expect(await one.children(path)).toEqual(['größe']);
    });

    test('need a parent, a free name and a parent that stays', async () => {
      const one = await client();
      const path = await root(one);
      await one.create(`${path}/passing`, { mode: EPHEMERAL });

      const orphan = one.create(`${path}/missing/child`);
      const twin = one.create(path);
      const childOfEphemeral = one.create(`${path}/passing/child`);

      await expect(orphan).rejects.toMatchObject({ code: Exception.NO_NODE });
      await expect(twin).rejects.toMatchObject({ code: Exception.NODE_EXISTS });
      await expect(childOfEphemeral).rejects.toMatchObject({ code: Exception.NO_CHILDREN_FOR_EPHEMERALS });
    });

    test('are removed only when empty, and at the version asked for', async () => {
      const one = await client();
      const path = await root(one);
      await one.create(`${path}/child`);

      const full = one.remove(path);
      const wrongVersion = one.remove(`${path}/child`, 7);
      const missing = one.remove(`${path}/nobody`);

      await expect(full).rejects.toMatchObject({ code: Exception.NOT_EMPTY });
      await expect(wrongVersion).rejects.toMatchObject({ code: Exception.BAD_VERSION });
      await expect(missing).rejects.toMatchObject({ code: Exception.NO_NODE });
      await one.remove(`${path}/child`, 0);
      await one.remove(path);
      expect(await one.exists(path)).toBeNull();
    });

    test('count versions, and refuse to be set at another', async () => {
      const one = await client();
      const path = await root(one);

      const stat = await one.set(path, 'first', 0);
      const stale = one.set(path, 'second', 0);

      await expect(stale).rejects.toMatchObject({ code: Exception.BAD_VERSION });
      expect(stat).toMatchObject({ version: 1, dataLength: 5 });
      expect(stat.mzxid.compare(stat.czxid)).toBe(1);
      expect((await one.get(path)).data).toBe('first');
    });

    test('tell how often their children changed', async () => {
      const one = await client();
      const path = await root(one);

      await one.create(`${path}/a`);
      await one.create(`${path}/b`);
      await one.remove(`${path}/a`);
      const stat = await one.exists(path);

      expect(stat).toMatchObject({ cversion: 3, numChildren: 1, version: 0 });
      expect(stat?.pzxid.compare(stat.czxid)).toBe(1);
    });

    test('are open to the world', async () => {
      const one = await client();
      const path = await root(one);

      const acls = await new Promise((resolve) => one.library.getACL(path, (_error, list) => resolve(list)));

      expect(acls).toMatchObject([{ permission: 31, id: { scheme: 'world', id: 'anyone' } }]);
    });
  });

  describe('sequential nodes', () => {
    test('are numbered by the children ever created, whatever became of them', async () => {
      const one = await client();
      const path = await root(one);

      const names = [
        await one.create(`${path}/_c_4a75670c-lock-`, { mode: EPHEMERAL_SEQUENTIAL }),
        await one.create(`${path}/plain`),
        await one.create(`${path}/member_`, { mode: PERSISTENT_SEQUENTIAL }),
      ];
      await one.remove(`${path}/plain`);
      names.push(await one.create(`${path}/member_`, { mode: EPHEMERAL_SEQUENTIAL }));

      expect(names.map((name) => name.slice(path.length + 1))).toEqual([
        '_c_4a75670c-lock-0000000000',
        'plain',
        'member_0000000002',
        'member_0000000003',
      ]);
    });

    test('are never numbered alike, when many are created at once', async () => {
      const [one, other] = [await client(), await client()];
      const path = await root(one);

      const names = await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          (index % 2 === 0 ? one : other).create(`${path}/n-`, { mode: EPHEMERAL_SEQUENTIAL }),
        ),
      );

      expect(new Set(names).size).toBe(40);
      expect(await one.children(path)).toHaveLength(40);
    });
  });

  describe('sessions', () => {
    test.each([
      ['below the least', 1, bounds.minSessionTimeoutMs],
      ['within the bounds', 3_000, 3_000],
      ['above the most', 600_000, bounds.maxSessionTimeoutMs],
    ])('a timeout %s is negotiated', async (_name, asked, granted) => {
      const one = await client({ sessionTimeout: asked });

      const timeout = one.library.getSessionTimeout();

      expect(timeout).toBe(granted);
    });

    test('own their ephemeral nodes, which go at once when they are closed', async () => {
      const [one, watcher] = [await client(), await client()];
      const path = await root(one);
      await one.create(`${path}/mine`, { mode: EPHEMERAL });
      const stat = await watcher.exists(`${path}/mine`, true);

      await one.close();

      expect(stat?.ephemeralOwner).toEqual(one.library.getSessionId());
      await vi.waitFor(() => expect(watcher.events).toEqual([`NODE_DELETED ${path}/mine`]), 400);
    });

    test('outlive their connection by their timeout, and their nodes with them', async () => {
      const [one, watcher] = [await behindProxy({ sessionTimeout: 1_200 }), await client()];
      const path = await root(one);
      await one.create(`${path}/mine`, { mode: EPHEMERAL });
      await watcher.exists(`${path}/mine`, true);
      const cutAt = performance.now();

      proxy.shut();

      await vi.waitFor(() => expect(watcher.events).toEqual([`NODE_DELETED ${path}/mine`]), 5_000);
      // The timeout runs from the last packet, which is at most a third of it older than the cut.
      expect(performance.now() - cutAt).toBeGreaterThan(700);
    });

    test('are told that they have expired when they come back too late', async () => {
      const [one, watcher] = [await behindProxy({ sessionTimeout: 600 }), await client()];
      const path = await root(one);
      await one.create(`${path}/mine`, { mode: EPHEMERAL });
      await watcher.exists(`${path}/mine`, true);
      proxy.shut();
      await vi.waitFor(() => expect(watcher.events).toHaveLength(1), 5_000);

      const expired = one.next('expired');
      proxy.open();
      await expired;

      expect(one.states.at(-1)).toBe('expired');
    });

    test('are taken up again in time, with their nodes', async () => {
      const one = await behindProxy();
      const path = await root(one);
      await one.create(`${path}/mine`, { mode: EPHEMERAL });
      const id = one.library.getSessionId();

      const back = one.next('connected');
      proxy.cut();
      await back;

      expect(one.library.getSessionId()).toEqual(id);
      expect(await one.children(path)).toEqual(['mine']);
    });

    test('are not given to somebody with another password', async () => {
      const one = await client();
      const path = await root(one);

      const thief = startClient({
        host: server.host,
        port: server.port,
        sessionId: one.library.getSessionId(),
        sessionPassword: Buffer.alloc(16, 7),
      });
      await thief.next('expired');

      // The owner may lose its connection over it, never its session.
      await vi.waitFor(async () => expect(await one.exists(path)).not.toBeNull());
      expect(one.states).not.toContain('expired');
    });

    test('move to the newer connection', async () => {
      const one = await client();
      const path = await root(one);
      await one.create(`${path}/mine`, { mode: EPHEMERAL });

      const cut = one.next('disconnected');
      const heir = await client({
        sessionId: one.library.getSessionId(),
        sessionPassword: one.library.getSessionPassword(),
      });
      await cut;
      // Both are one session: the older connection is told nothing and must not fight for it.
      one.library.close();
      clients.splice(clients.indexOf(one), 1);

      expect(heir.library.getSessionId()).toEqual(one.library.getSessionId());
    });

    test('survive a server that stands still, and get their answers afterwards', async () => {
      const one = await client({ sessionTimeout: 3_000 });
      const path = await root(one);
      let answered = false;

      await server.freeze();
      const late = one.exists(path).finally(() => {
        answered = true;
      });
      const connected = startClient({ host: server.host, port: server.port });
      clients.push(connected);
      const mute = await Promise.race([connected.next('connected').then(() => false), pause(300)]);
      const stillAsking = !answered;
      server.thaw();
      await late;

      expect([mute, stillAsking]).toEqual([true, true]);
      expect(one.states).not.toContain('expired');
      await vi.waitFor(() => expect(connected.states).toContain('connected'));
    });
  });

  describe('watches', () => {
    test('fire once', async () => {
      const [one, other] = [await client(), await client()];
      const path = await root(one);
      await one.get(path, true);

      await other.set(path, '1');
      await other.set(path, '2');
      await one.exists(path); // replies and events come in order: anything fired is here now

      expect(one.events).toEqual([`NODE_DATA_CHANGED ${path}`]);
    });

    test('tell that a node appeared, that was asked for in vain', async () => {
      const [one, other] = [await client(), await client()];
      const path = await root(one);
      await one.exists(`${path}/later`, true);

      await other.create(`${path}/later`);

      await vi.waitFor(() => expect(one.events).toEqual([`NODE_CREATED ${path}/later`]));
    });

    test('tell of children that come and go, and not of their data', async () => {
      const [one, other] = [await client(), await client()];
      const path = await root(one);
      await other.create(`${path}/old`);
      await one.children(path, true);

      await other.set(`${path}/old`, 'changed');
      await one.exists(path);
      const quiet = [...one.events];
      await other.create(`${path}/new`);
      await vi.waitFor(() => expect(one.events).toHaveLength(1));
      await one.children(path, true);
      await other.remove(`${path}/new`);
      await vi.waitFor(() => expect(one.events).toHaveLength(2));

      expect(quiet).toEqual([]);
      expect(one.events).toEqual([`NODE_CHILDREN_CHANGED ${path}`, `NODE_CHILDREN_CHANGED ${path}`]);
    });

    test('tell of the end of a node, to those who watched its data and those who watched its children', async () => {
      const [data, children, other] = [await client(), await client(), await client()];
      const path = await root(other);
      await data.get(path, true);
      await children.children(path, true);

      await other.remove(path);

      await vi.waitFor(() => expect(data.events).toEqual([`NODE_DELETED ${path}`]));
      await vi.waitFor(() => expect(children.events).toEqual([`NODE_DELETED ${path}`]));
    });

    test('are told before anyone can read what changed', async () => {
      const one = await client();
      const path = await root(one);
      await one.get(path, true);

      const set = one.set(path, 'new');
      const seen = set.then(() => [...one.events]);

      expect(await seen).toEqual([`NODE_DATA_CHANGED ${path}`]);
    });

    test('are left by nobody who was refused', async () => {
      const [one, other] = [await client(), await client()];
      const path = await root(one);
      await one.get(`${path}/later`, true).catch(() => undefined);
      await one.children(`${path}/later`, true).catch(() => undefined);

      await other.create(`${path}/later`);
      await other.create(`${path}/later/child`);
      await one.exists(path);

      expect(one.events).toEqual([]);
    });

    test('come along to a new connection', async () => {
      const [one, other] = [await behindProxy(), await client()];
      const path = await root(one);
      await one.children(path, true);
      const back = one.next('connected');
      proxy.cut();
      await back;
      await one.exists(path); // what is sent on connecting has been dealt with

      await other.create(`${path}/new`);

      await vi.waitFor(() => expect(one.events).toEqual([`NODE_CHILDREN_CHANGED ${path}`]));
    });

    test('tell on reconnecting what was missed', async () => {
      const [one, other] = [await behindProxy(), await client()];
      const path = await root(one);
      await other.create(`${path}/changed`);
      await other.create(`${path}/removed`);
      await one.get(`${path}/changed`, true);
      await one.get(`${path}/removed`, true);
      await one.exists(`${path}/created`, true);
      await one.children(path, true);
      await one.create(`${path}/last-seen`);
      await vi.waitFor(() => expect(one.events).toHaveLength(1));
      await one.children(path, true);
      proxy.shut();

      await other.set(`${path}/changed`, 'anew');
      await other.remove(`${path}/removed`);
      await other.create(`${path}/created`);
      proxy.open();
      await vi.waitFor(() => expect(one.events).toHaveLength(5));

      expect(one.events.slice(1).toSorted()).toEqual([
        `NODE_CHILDREN_CHANGED ${path}`,
        `NODE_CREATED ${path}/created`,
        `NODE_DATA_CHANGED ${path}/changed`,
        `NODE_DELETED ${path}/removed`,
      ]);
    });
  });

  test('a frame above the limit costs the connection, and nothing else', async () => {
    const [one, other] = [await client(), await client()];
    const path = await root(one);

    const tooLarge = one.create(`${path}/large`, { data: 'x'.repeat(1024 * 1024) });

    await expect(tooLarge).rejects.toMatchObject({ code: Exception.CONNECTION_LOSS });
    expect(await other.children(path)).toEqual([]);
    await vi.waitFor(async () => expect(await one.children(path)).toEqual([]));
  });
});

function pause(ms: number): Promise<true> {
  return new Promise((resolve) => setTimeout(() => resolve(true), ms));
}
