import { z } from 'zod';
import type { Endpoint } from '../../aurora/leader.ts';
import type { ZooKeeperSession } from '../../zookeeper/session.ts';

/**
 * Who is advertised, as a scheduler sees it (aurora.md 8.4): the only member's endpoint, `null` for none or several.
 * `unreadable`: the only one is JSON without an endpoint, over which every scheduler falls with each call (`LeaderRedirect`).
 */
export type Advertised = Endpoint | 'unreadable' | null;

interface ServersetView {
  readonly leader: Advertised;
  readonly lowestElectionNode: string | null;
}

/** Reads the serverset path as a scheduler does, and leaves watches on its children and on what its members say. */
export async function readServerset(session: ZooKeeperSession, path: string): Promise<ServersetView> {
  const names = (await session.children(path, { watch: true })) ?? [];
  const sequence = (name: string): number => Number(name.slice(-10));
  const [lowest] = names
    .filter((name) => /(?:-lock-|-latch-|^singleton_candidate_)\d{10}$/.test(name))
    .sort((one, other) => sequence(one) - sequence(other));
  const members: Advertised[] = [];
  for (const name of names.filter((one) => one.startsWith('member_'))) {
    const data = await session.data(`${path}/${name}`, { watch: true });
    if (data !== null) members.push(readMember(data.toString('utf8')));
  }
  const [leader = null, ...others] = members.filter((member) => member !== null);
  return { leader: others.length === 0 ? leader : null, lowestElectionNode: lowest ?? null };
}

const memberSchema = z.object({ serviceEndpoint: z.object({ host: z.string(), port: z.number() }) });

/** `null` for what is no JSON: such a node is passed over. Nothing at all reads as JSON's null, as with Gson. */
function readMember(text: string): Advertised {
  try {
    const parsed = memberSchema.safeParse(text === '' ? null : JSON.parse(text));
    return parsed.success ? parsed.data.serviceEndpoint : 'unreadable';
  } catch {
    return null;
  }
}
