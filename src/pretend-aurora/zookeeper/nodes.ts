import zookeeper from 'node-zookeeper-client';
import type { Endpoint } from '../../aurora/leader.ts';
import { isConnectionLoss, isNodeExists, isNoNode } from '../../zookeeper/failures.ts';
import type { ZooKeeperSession } from '../../zookeeper/session.ts';

const { EPHEMERAL, EPHEMERAL_SEQUENTIAL } = zookeeper.CreateMode;

/** Creates the path and its parents, as far as they are missing. */
export async function makePath(session: ZooKeeperSession, path: string): Promise<void> {
  await session.call<string>(`creating ${path}`, (client, done) => client.mkdirp(path, done));
}

/** The elections of all releases (aurora.md 8.1). */
export type ElectionKind = 'singleton-candidate' | 'latch' | 'lock';

/** A candidate's node: `_c_<uuid>-lock-<10 digits>` or its like of older releases, data is the host. Returns its name. */
export function joinElection(
  session: ZooKeeperSession,
  path: string,
  candidate: { kind: ElectionKind; id: string; host: string },
): Promise<string> {
  const { kind, id, host } = candidate;
  const prefix = kind === 'singleton-candidate' ? 'singleton_candidate_' : `_c_${id}-${kind}-`;
  return createSequential(session, path, { prefix, data: host });
}

/** The leader's node, byte for byte as the scheduler writes it (aurora.md 8.2). Returns its name. */
export function createMember(session: ZooKeeperSession, path: string, endpoint: Endpoint): Promise<string> {
  const { host, port } = endpoint;
  const data = JSON.stringify({
    serviceEndpoint: { host, port },
    additionalEndpoints: { http: { host, port } },
    status: 'ALIVE',
  });
  return createSequential(session, path, { prefix: 'member_', data });
}

/**
 * A replica's node: the bare sequence number. The library refuses a sequential path that ends in a slash, so the
 * number is worked out from the parent as the server does it: children ever created = (cversion + children) / 2.
 */
export async function joinLogGroup(
  session: ZooKeeperSession,
  path: string,
  libprocess: string,
): Promise<string> {
  for (;;) {
    const parent = await session.stat(path);
    if (parent === null) throw new Error(`${path} vanished while joining it`);
    const name = String((parent.cversion + parent.numChildren) / 2).padStart(10, '0');
    try {
      return await create(session, `${path}/${name}`, {
        data: `log-replica(1)@${libprocess}`,
        mode: EPHEMERAL,
      });
    } catch (error) {
      // Another replica took the number in between; every loser finds a higher one next time.
      if (!isNodeExists(error)) throw error;
    }
  }
}

export async function removeIfThere(session: ZooKeeperSession, path: string): Promise<void> {
  const remove = (): Promise<undefined> =>
    session.call<undefined>(`removing ${path}`, (client, done) =>
      client.remove(path, (error) => done(error, undefined)),
    );
  for (let attempt = 1; ; attempt += 1) {
    try {
      await remove();
      return;
    } catch (error) {
      if (isNoNode(error)) return;
      // Removing twice is removing once.
      if (!isConnectionLoss(error) || attempt === 3) throw error;
    }
  }
}

/**
 * Creates an ephemeral sequential child and returns its name. When the connection goes meanwhile, it looks for the node
 * among its own before creating another: two member nodes of one scheduler would be two leaders.
 */
async function createSequential(
  session: ZooKeeperSession,
  path: string,
  node: { prefix: string; data: string },
): Promise<string> {
  const attempt = (): Promise<string> =>
    create(session, `${path}/${node.prefix}`, { data: node.data, mode: EPHEMERAL_SEQUENTIAL });
  try {
    return await attempt();
  } catch (error) {
    if (!isConnectionLoss(error)) throw error;
    return (await findOwn(session, path, node.prefix)) ?? (await attempt());
  }
}

async function findOwn(session: ZooKeeperSession, path: string, prefix: string): Promise<string | null> {
  for (const name of (await session.children(path)) ?? []) {
    if (!name.startsWith(prefix)) continue;
    const stat = await session.stat(`${path}/${name}`);
    if (stat?.ephemeralOwner.toString('hex') === session.id) return name;
  }
  return null;
}

async function create(
  session: ZooKeeperSession,
  path: string,
  node: { data: string; mode: number },
): Promise<string> {
  const created = await session.call<string>(`creating ${path}`, (client, done) =>
    client.create(path, Buffer.from(node.data), node.mode, done),
  );
  return created.slice(created.lastIndexOf('/') + 1);
}
