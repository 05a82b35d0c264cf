import zookeeper, { type ACL } from 'node-zookeeper-client';
import type { Endpoint } from '../../aurora/leader.ts';
import { isConnectionLoss, isNodeExists, isNoNode } from '../../zookeeper/failures.ts';
import { openSession, type SessionOptions, type ZooKeeperSession } from '../../zookeeper/session.ts';

const { EPHEMERAL, EPHEMERAL_SEQUENTIAL } = zookeeper.CreateMode;

/** Somebody who makes nodes, and what others may do with them. */
export interface Author {
  readonly session: ZooKeeperSession;
  readonly acl: ACL[];
}

/**
 * With credentials (`-zk_digest_credentials`, `user:password`) nodes belong to their author and are read by the world; without,
 * everybody may do everything (aurora.md 8.5).
 */
export async function openAuthor({
  credentials,
  ...options
}: SessionOptions & { readonly credentials?: string | undefined }): Promise<Author> {
  const { Id, Permission } = zookeeper;
  const session = await openSession(options);
  const anybody = new Id('world', 'anyone');
  if (credentials === undefined) return { session, acl: [new zookeeper.ACL(Permission.ALL, anybody)] };
  await session.call<undefined>('proving who we are', (client, done) => {
    client.addAuthInfo('digest', Buffer.from(credentials));
    done(null, undefined);
  });
  const author = new Id('auth', '');
  return {
    session,
    acl: [new zookeeper.ACL(Permission.ALL, author), new zookeeper.ACL(Permission.READ, anybody)],
  };
}

/** Creates the path and its parents, as far as they are missing. */
export async function makePath({ session, acl }: Author, path: string): Promise<void> {
  await session.call<string>(`creating ${path}`, (client, done) => client.mkdirp(path, acl, done));
}

/** The elections of all releases (aurora.md 8.1). */
export type ElectionKind = 'singleton-candidate' | 'latch' | 'lock';

/** A candidate's node: `_c_<uuid>-lock-<10 digits>` or its like of older releases, data is the host. Returns its name. */
export function joinElection(
  author: Author,
  path: string,
  candidate: { kind: ElectionKind; id: string; host: string },
): Promise<string> {
  const { kind, id, host } = candidate;
  const prefix = kind === 'singleton-candidate' ? 'singleton_candidate_' : `_c_${id}-${kind}-`;
  return createSequential(author, path, { prefix, data: host });
}

/** The leader's node, byte for byte as the scheduler writes it (aurora.md 8.2). Returns its name. */
export function createMember(author: Author, path: string, endpoint: Endpoint): Promise<string> {
  const { host, port } = endpoint;
  const data = JSON.stringify({
    serviceEndpoint: { host, port },
    additionalEndpoints: { http: { host, port } },
    status: 'ALIVE',
  });
  return createSequential(author, path, { prefix: 'member_', data });
}

/**
 * A replica's node: the bare sequence number. The library refuses a sequential path that ends in a slash, so the
 * number is worked out from the parent as the server does it: children ever created = (cversion + children) / 2.
 */
export async function joinLogGroup(author: Author, path: string, libprocess: string): Promise<string> {
  for (;;) {
    const parent = await author.session.stat(path);
    if (parent === null) throw new Error(`${path} vanished while joining it`);
    const name = String((parent.cversion + parent.numChildren) / 2).padStart(10, '0');
    try {
      return await create(author, `${path}/${name}`, {
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
  author: Author,
  path: string,
  node: { prefix: string; data: string },
): Promise<string> {
  const attempt = (): Promise<string> =>
    create(author, `${path}/${node.prefix}`, { data: node.data, mode: EPHEMERAL_SEQUENTIAL });
  try {
    return await attempt();
  } catch (error) {
    if (!isConnectionLoss(error)) throw error;
    return (await findOwn(author.session, path, node.prefix)) ?? (await attempt());
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
  { session, acl }: Author,
  path: string,
  node: { data: string; mode: number },
): Promise<string> {
  const created = await session.call<string>(`creating ${path}`, (client, done) =>
    client.create(path, Buffer.from(node.data), acl, node.mode, done),
  );
  return created.slice(created.lastIndexOf('/') + 1);
}
