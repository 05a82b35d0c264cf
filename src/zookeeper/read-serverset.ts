import type { Candidate, Endpoint, LeaderAnswer } from '../aurora/leader.ts';
import { candidateSequence } from './candidate-name.ts';
import { parseMember } from './member.ts';
import type { ZooKeeperSession } from './session.ts';

/** How often a listing is repeated because a node of it vanished before it was read. */
const attempts = 3;

type Member = { readonly node: string } & ({ readonly endpoint: Endpoint } | { readonly problem: string });

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
        members.read.map(({ node, data }) => ({ node, ...parseMember(data) })),
        candidates.read.map(({ node, data }) => candidate(node, data)),
      );
    }
  }
}

async function readAll(
  session: ZooKeeperSession,
  path: string,
  names: readonly string[],
): Promise<{ read: readonly { node: string; data: Buffer }[]; complete: boolean }> {
  const all = await Promise.all(
    names.map(async (node) => ({ node, data: await session.data(`${path}/${node}`) })),
  );
  const read = all.flatMap(({ node, data }) => (data === null ? [] : [{ node, data }]));
  return { read, complete: read.length === all.length };
}

function judge(
  members: readonly Member[],
  unordered: readonly Candidate[],
): Exclude<LeaderAnswer, { kind: 'unreachable' }> {
  const candidates = unordered.toSorted((one, other) => one.sequence - other.sequence);
  const good = members.flatMap((member) => ('endpoint' in member ? [member] : []));
  const bad = members.flatMap((member) => ('problem' in member ? [member] : []));
  const [only] = good;
  // One bad node beside a good one is still for a person: some releases skip it, some fail every request over it.
  if (bad.length > 0) return { kind: 'malformed', members: bad, candidates };
  if (only === undefined) return { kind: 'none', candidates };
  if (good.length > 1) return { kind: 'several', members: good, candidates };
  return { kind: 'one', endpoint: only.endpoint, node: only.node, candidates };
}

function candidate(node: string, data: Buffer): Candidate {
  return { node, sequence: candidateSequence(node) ?? 0, host: data.toString('utf8') };
}
