import { type AclEntry, openToTheWorld } from './acl.ts';
import { errors, Refusal } from './codes.ts';
import { assertPath, nameOf, parentOf } from './paths.ts';

/** A node as clients see it: the `Stat` of ZooKeeper's protocol. Times in milliseconds since the epoch. */
export interface Stat {
  readonly czxid: bigint;
  readonly mzxid: bigint;
  readonly pzxid: bigint;
  readonly ctime: number;
  readonly mtime: number;
  readonly version: number;
  readonly cversion: number;
  readonly aversion: number;
  readonly ephemeralOwner: bigint;
  readonly dataLength: number;
  readonly numChildren: number;
}

/** What happened to one node, for watches. */
export type Change =
  | { readonly kind: 'created' | 'deleted'; readonly path: string }
  | { readonly kind: 'data-changed'; readonly path: string };

interface Node {
  data: Buffer;
  readonly czxid: bigint;
  mzxid: bigint;
  /** Transaction of the last change among the children. */
  pzxid: bigint;
  readonly ctime: number;
  mtime: number;
  version: number;
  acl: readonly AclEntry[];
  aversion: number;
  /** Children ever created here: also the next sequence number, as in ZooKeeper. */
  childrenCreated: number;
  /** Session id, or 0 for a node that stays. */
  readonly ephemeralOwner: bigint;
  readonly children: Set<string>;
}

/**
 * The nodes and the transaction counter. Decides like `PrepRequestProcessor` and `DataTree` of ZooKeeper 3.8:
 * every change takes one zxid, a sequence number is the count of children ever created under the parent, and a
 * parent's `cversion` counts creations and deletions. Throws `Refusal` and changes nothing when it refuses.
 */
export class Tree {
  readonly #nodes = new Map<string, Node>();
  #zxid: bigint;
  #isPinned = false;

  constructor(options: { firstZxid: bigint; now: number }) {
    this.#zxid = options.firstZxid;
    for (const path of ['/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config']) {
      this.#nodes.set(
        path,
        newNode({ data: Buffer.alloc(0), acl: openToTheWorld, zxid: 0n, now: options.now, owner: 0n }),
      );
      if (path !== '/') this.#node(parentOf(path)).children.add(nameOf(path));
    }
  }

  get zxid(): bigint {
    return this.#zxid;
  }

  /** Takes the next transaction id; also for transactions without a node, such as opening a session. */
  nextZxid(): bigint {
    if (!this.#isPinned) this.#zxid += 1n;
    return this.#zxid;
  }

  /** Creates a node and returns its path, with the sequence number when one was asked for. */
  create(request: {
    path: string;
    data: Buffer;
    acl: readonly AclEntry[];
    /** Session id, or 0 for a node that stays. */
    ephemeralOwner: bigint;
    sequential: boolean;
    now: number;
  }): { path: string; changes: readonly Change[] } {
    // A sequential request may end in a slash: the number becomes the whole name.
    if (request.path === '/')
      throw new Refusal(request.sequential ? errors.badArguments : errors.nodeExists, '/');
    assertPath(request.sequential ? `${request.path}0` : request.path);
    const parentPath = parentOf(request.path);
    const parent = this.#node(parentPath);
    const path = request.sequential
      ? `${request.path}${String(parent.childrenCreated).padStart(10, '0')}`
      : request.path;
    if (this.#nodes.has(path)) throw new Refusal(errors.nodeExists, path);
    if (parent.ephemeralOwner !== 0n) throw new Refusal(errors.noChildrenForEphemerals, path);
    const zxid = this.nextZxid();
    this.#nodes.set(
      path,
      newNode({
        data: request.data,
        acl: request.acl,
        zxid,
        now: request.now,
        owner: request.ephemeralOwner,
      }),
    );
    parent.children.add(nameOf(path));
    parent.childrenCreated += 1;
    parent.pzxid = zxid;
    return { path, changes: [{ kind: 'created', path }] };
  }

  /** Removes a node without children; version -1 means whichever. */
  remove(request: { path: string; version: number }): readonly Change[] {
    assertPath(request.path);
    if (request.path === '/') throw new Refusal(errors.badArguments, '/');
    const node = this.#node(request.path);
    assertVersion(node, request);
    if (node.children.size > 0) throw new Refusal(errors.notEmpty, request.path);
    return [this.#remove(request.path, this.nextZxid())];
  }

  setData(request: { path: string; data: Buffer; version: number; now: number }): readonly Change[] {
    assertPath(request.path);
    const node = this.#node(request.path);
    assertVersion(node, request);
    node.data = request.data;
    node.mzxid = this.nextZxid();
    node.mtime = request.now;
    node.version += 1;
    return [{ kind: 'data-changed', path: request.path }];
  }

  setAcl(request: { path: string; acl: readonly AclEntry[]; version: number }): void {
    const node = this.#node(request.path);
    if (request.version !== -1 && request.version !== node.aversion)
      throw new Refusal(errors.badVersion, request.path);
    node.acl = request.acl;
    node.aversion += 1;
    this.nextZxid();
  }

  /** Refuses unless the node is there, at the version asked for. */
  check(request: { path: string; version: number }): void {
    assertVersion(this.#node(request.path), request);
  }

  /** Throws `Refusal` (no node) when there is no such node. */
  acl(path: string): readonly AclEntry[] {
    assertPath(path);
    return this.#node(path).acl;
  }

  /** All of what `run` does, with one transaction id; nothing of it when it throws. */
  inOneTransaction<T>(run: () => T): T {
    const before = [...this.#nodes].map(
      ([path, node]) => [path, { ...node, children: new Set(node.children) }] as const,
    );
    const zxidBefore = this.#zxid;
    this.nextZxid();
    this.#isPinned = true;
    try {
      return run();
    } catch (error) {
      this.#nodes.clear();
      for (const [path, node] of before) this.#nodes.set(path, node);
      this.#zxid = zxidBefore;
      throw error;
    } finally {
      this.#isPinned = false;
    }
  }

  /** Removes everything a session owned, as one transaction: that is how expiry and an orderly close look. */
  removeEphemerals(session: bigint): readonly Change[] {
    const zxid = this.nextZxid();
    return [...this.#nodes]
      .filter(([, node]) => node.ephemeralOwner === session)
      .map(([path]) => this.#remove(path, zxid));
  }

  /** `null` when there is no such node. */
  stat(path: string): Stat | null {
    const node = this.#nodes.get(path);
    return node === undefined ? null : statOf(node);
  }

  /** Throws `Refusal` (no node) when there is no such node. */
  read(path: string): { data: Buffer; stat: Stat; children: readonly string[] } {
    assertPath(path);
    const node = this.#node(path);
    return { data: node.data, stat: statOf(node), children: [...node.children] };
  }

  /** Every path, sorted. */
  paths(): readonly string[] {
    return [...this.#nodes.keys()].sort();
  }

  #node(path: string): Node {
    const node = this.#nodes.get(path);
    if (node === undefined) throw new Refusal(errors.noNode, path);
    return node;
  }

  #remove(path: string, zxid: bigint): Change {
    this.#nodes.delete(path);
    const parent = this.#node(parentOf(path));
    parent.children.delete(nameOf(path));
    parent.pzxid = zxid;
    return { kind: 'deleted', path };
  }
}

function newNode(facts: {
  data: Buffer;
  acl: readonly AclEntry[];
  zxid: bigint;
  now: number;
  owner: bigint;
}): Node {
  return {
    // A copy: the bytes arrive as a view of a socket's buffer.
    data: Buffer.from(facts.data),
    czxid: facts.zxid,
    mzxid: facts.zxid,
    pzxid: facts.zxid,
    ctime: facts.now,
    mtime: facts.now,
    version: 0,
    acl: facts.acl,
    aversion: 0,
    childrenCreated: 0,
    ephemeralOwner: facts.owner,
    children: new Set(),
  };
}

function statOf(node: Node): Stat {
  return {
    czxid: node.czxid,
    mzxid: node.mzxid,
    pzxid: node.pzxid,
    ctime: node.ctime,
    mtime: node.mtime,
    version: node.version,
    // ZooKeeper counts creations and reports changes: every child that is gone counts twice (DataNode.copyStat).
    cversion: node.childrenCreated * 2 - node.children.size,
    aversion: node.aversion,
    ephemeralOwner: node.ephemeralOwner,
    dataLength: node.data.length,
    numChildren: node.children.size,
  };
}

function assertVersion(node: Node, request: { path: string; version: number }): void {
  if (request.version !== -1 && request.version !== node.version) {
    throw new Refusal(errors.badVersion, request.path);
  }
}
