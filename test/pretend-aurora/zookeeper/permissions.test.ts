/** Permissions and transactions, as kazoo and Curator found them missing: the same on Debian's server and on the drill's. */
import { connect } from 'node:net';
import zookeeper, { type ACL } from 'node-zookeeper-client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { FrameSplitter } from '../../../src/pretend-aurora/zookeeper/frames.ts';
import { JuteReader, JuteWriter } from '../../../src/pretend-aurora/zookeeper/jute.ts';
import { connectClient, type TestClient } from '../../support/zookeeper-client.ts';
import { type ServerUnderTest, serversUnderTest } from './servers.ts';

const { Exception, Id, Permission } = zookeeper;
const creatorAll = [new zookeeper.ACL(Permission.ALL, new Id('auth', ''))];
const anybody = new Id('world', 'anyone');
const byCreator = [...creatorAll, new zookeeper.ACL(Permission.READ, anybody)];
const openToAll = [new zookeeper.ACL(Permission.ALL, anybody)];

describe.each(serversUnderTest)('$name', ({ start }) => {
  let server: ServerUnderTest;
  const clients: TestClient[] = [];
  let roots = 0;

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.close());
  afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));

  async function client(credentials?: string): Promise<TestClient> {
    const connected = await connectClient({ host: server.host, port: server.port });
    clients.push(connected);
    if (credentials !== undefined) connected.library.addAuthInfo('digest', Buffer.from(credentials));
    return connected;
  }
  const root = (): string => {
    roots += 1;
    return `/permissions-${roots}`;
  };
  const createOf = (one: TestClient, path: string, acl: ACL[]): Promise<string> =>
    settled((done) => one.library.create(path, Buffer.from('mine'), acl, done));

  describe('a node that its creator made for themselves, and for others to read', () => {
    test('is read by anybody, and changed and removed by them alone', async () => {
      const [owner, stranger, other] = [await client('op:secret'), await client(), await client('op:guess')];
      const path = await createOf(owner, root(), byCreator);
      const noAuth = { code: Exception.NO_AUTH };

      expect((await stranger.get(path)).data).toBe('mine');
      for (const one of [stranger, other]) {
        await expect(one.set(path, 'theirs')).rejects.toMatchObject(noAuth);
        await expect(one.create(`${path}/child`)).rejects.toMatchObject(noAuth);
      }
      await owner.create(`${path}/child`);
      await expect(stranger.remove(`${path}/child`)).rejects.toMatchObject(noAuth);

      expect((await owner.set(path, 'still mine')).version).toBe(1);
      await owner.remove(`${path}/child`);
    });

    test('shows whose it is to those alone who may change that', async () => {
      const [owner, stranger] = [await client('op:secret'), await client()];
      const path = await createOf(owner, root(), byCreator);

      const seen = [await aclOf(owner, path), await aclOf(stranger, path)];

      const everybody = { permission: 1, id: { scheme: 'world', id: 'anyone' } };
      const ownerOnly = (id: string) => ({ permission: 31, id: { scheme: 'digest', id } });
      expect(seen).toMatchObject([
        [ownerOnly('op:mwHlvIz+NDk1HFHxq3Swq2MW52Y='), everybody],
        [ownerOnly('op:x'), everybody],
      ]);
    });

    test('cannot be made by somebody who has proven nothing', async () => {
      const stranger = await client();

      const made = createOf(stranger, root(), creatorAll);

      await expect(made).rejects.toMatchObject({ code: Exception.INVALID_ACL });
    });

    test('can be opened and closed by them', async () => {
      const [owner, stranger] = [await client('op:secret'), await client()];
      const path = await createOf(owner, root(), creatorAll);
      await expect(stranger.get(path)).rejects.toMatchObject({ code: Exception.NO_AUTH });

      await settled((done) => owner.library.setACL(path, openToAll, done));

      expect((await stranger.get(path)).stat.aversion).toBe(1);
    });
  });

  test('a parent is made as Curator makes it, and an operation that no client of 3.8 has is unimplemented', async () => {
    const path = root();
    const container = (writer: JuteWriter): JuteWriter =>
      writer
        .string(path)
        .buffer(Buffer.alloc(0))
        .vector([31], (every) => writer.int(every).string('world').string('anyone'))
        .int(4);

    expect(await askOnce(server, 19, container)).toEqual({ error: 0, answer: path });
    expect(await askOnce(server, 77, (writer) => writer)).toMatchObject({ error: -6 });
  });

  test('whoever proves themselves in an unknown way is told so', async () => {
    const one = await client();
    const failed = new Promise((resolve) =>
      one.library.once('authenticationFailed', () => resolve('failed')),
    );

    one.library.addAuthInfo('palmistry', Buffer.from('op:secret'));

    expect(await failed).toBe('failed');
  });

  describe('a transaction', () => {
    test('does all of it, and shows one transaction id', async () => {
      const one = await client();
      const path = await one.create(root());
      await one.create(`${path}/old`);

      const results = await commit(
        one.library
          .transaction()
          .check(path)
          .create(`${path}/new`, Buffer.from('new'))
          .setData(path, Buffer.from('both'))
          .remove(`${path}/old`),
      );

      expect(results.error).toBeNull();
      expect(results.list).toMatchObject([{ type: 13 }, { path: `${path}/new` }, {}, { type: 2 }]);
      expect(await one.children(path)).toEqual(['new']);
      const [made, changed] = [await one.get(`${path}/new`), await one.get(path)];
      expect(made.stat.czxid).toEqual(changed.stat.mzxid);
    });

    test('does nothing when one part of it cannot be done, and says which', async () => {
      const one = await client();
      const path = await one.create(root());

      const results = await commit(
        one.library.transaction().create(`${path}/first`).remove(`${path}/nobody`).create(`${path}/last`),
      );

      expect(results.error).toMatchObject({ code: Exception.NO_NODE });
      expect(results.list).toMatchObject([{ err: 0 }, { err: Exception.NO_NODE }, { err: -2 }]);
      expect(await one.children(path)).toEqual([]);
      expect(await one.create(`${path}/next-`, { mode: zookeeper.CreateMode.PERSISTENT_SEQUENTIAL })).toBe(
        `${path}/next-0000000000`,
      );
    });
  });
});

/** One numbered request on a session of its own, without a client: its error code, and the text its answer begins with. */
function askOnce(
  { host, port }: ServerUnderTest,
  operation: number,
  write: (writer: JuteWriter) => JuteWriter,
): Promise<{ error: number; answer: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ error: number; answer: string }>();
  const socket = connect({ host, port });
  const frames = new FrameSplitter();
  let isGreeted = false;
  socket.on('error', reject);
  socket.on('data', (chunk) => {
    for (const frame of frames.push(chunk)) {
      const reader = new JuteReader(frame);
      if (isGreeted) {
        reader.int();
        reader.long();
        resolve({ error: reader.int(), answer: reader.remaining > 0 ? reader.string() : '' });
        socket.destroy();
      } else {
        isGreeted = true;
        socket.write(write(new JuteWriter().int(1).int(operation)).frame());
      }
    }
  });
  socket.write(new JuteWriter().int(0).long(0n).int(5_000).long(0n).buffer(Buffer.alloc(16)).frame());
  return promise;
}

function settled<T>(start: (done: (error: unknown, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error as Error) : resolve(value)));
  });
}

function aclOf(one: TestClient, path: string): Promise<ACL[]> {
  return settled((done) => one.library.getACL(path, done));
}

function commit(transaction: zookeeper.Transaction): Promise<{ error: unknown; list: unknown }> {
  return new Promise((resolve) => {
    transaction.commit((error, list) => resolve({ error: error ?? null, list }));
  });
}
