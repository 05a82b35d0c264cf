import type { Stat } from 'node-zookeeper-client';
import type { Candidate, LeaderAnswer, MemberEntry, NodeOrigin } from '../aurora/leader.ts';
import { candidateSequence } from './candidate-name.ts';
import { parseMember } from './member.ts';
import type { ZooKeeperSession } from './session.ts';

/** How often a listing is repeated because a node of it vanished before it was read. */
const attempts = 3;

interface ReadNode {
  readonly node: string;
  readonly data: Buffer;
  readonly origin: NodeOrigin;
}

/**
 * Lists and reads the serverset path once and judges it; a path that does not exist has no children. Rejects when
 * ZooKeeper cannot be asked.
 */
export async function readServerset(
  session: ZooKeeperSession,
  path: string,
): Promise<Exclude<LeaderAnswer, { kind: 'unreachable' }>> {
  for (let attempt = 1; ; attempt += 1) {
    const names = (await session.children(path)) ?? [];
    const members = await readAll(
      session,
      path,
      names.filter((name) => name.startsWith('member_')),
    );
    const candidates = await readAll(
      session,
      path,
      names.filter((name) => candidateSequence(name) !== null),
    );
    if ((members.complete && candidates.complete) || attempt === attempts) {
      return judge(
        members.read.map(entry),
        candidates.read.map(candidate).toSorted((one, other) => one.sequence - other.sequence),
      );
    }
  }
}

async function readAll(
  session: ZooKeeperSession,
  path: string,
  names: readonly string[],
): Promise<{ read: readonly ReadNode[]; complete: boolean }> {
  const all = await Promise.all(
    names.map(async (node) => {
      const whole = `${path}/${node}`;
      const [data, stat] = await Promise.all([session.data(whole), session.stat(whole)]);
      return data === null || stat === null ? [] : [{ node, data, origin: originOf(whole, stat) }];
    }),
  );
  const read = all.flat();
  return { read, complete: read.length === all.length };
}

function originOf(path: string, { ctime, czxid, ephemeralOwner }: Stat): NodeOrigin {
  return {
    path,
    createdAtMs: Number(ctime.readBigInt64BE()),
    createdZxid: Number(czxid.readBigInt64BE()),
    ephemeral: ephemeralOwner.readBigInt64BE() !== 0n,
  };
}

function judge(
  entries: readonly MemberEntry[],
  candidates: readonly Candidate[],
): Exclude<LeaderAnswer, { kind: 'unreachable' }> {
  const seen = { candidates, ...(entries.length > 0 && { entries }) };
  const counted = entries.flatMap(({ node, endpoint }) => (endpoint === null ? [] : [{ node, endpoint }]));
  const [only] = counted;
  if (counted.length > 1) return { kind: 'several', members: counted, ...seen };
  if (only !== undefined) return { kind: 'one', endpoint: only.endpoint, node: only.node, ...seen };
  const unreadable = entries.map(({ node, problem }) => ({ node, problem: problem ?? '' }));
  return unreadable.length > 0
    ? { kind: 'malformed', members: unreadable, ...seen }
    : { kind: 'none', ...seen };
}

function entry({ node, data, origin }: ReadNode): MemberEntry {
  const { problem, ...rest } = parseMember(data);
  const named = /^member_\d{10}$/.test(node);
  return { node, ...rest, problem: problem ?? (named ? null : 'its name has no number'), origin };
}

function candidate({ node, data, origin }: ReadNode): Candidate {
  return { node, sequence: candidateSequence(node) ?? 0, host: data.toString('utf8'), origin };
}
