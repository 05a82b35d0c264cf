import type { Endpoint } from '../../aurora/leader.ts';
import type { ZooKeeperSession } from '../../zookeeper/session.ts';

interface ServersetView {
  /** The only member's endpoint; `null` for none, several, or one that says nothing usable. */
  readonly leader: Endpoint | null;
  readonly lowestElectionNode: string | null;
}

/** Reads the serverset path as a scheduler does, and leaves a watch on its children. */
export async function readServerset(session: ZooKeeperSession, path: string): Promise<ServersetView> {
  const names = (await session.children(path, { watch: true })) ?? [];
  const sequence = (name: string): number => Number(name.slice(-10));
  const [lowest] = names
    .filter((name) => /(?:-lock-|-latch-|^singleton_candidate_)\d{10}$/.test(name))
    .sort((one, other) => sequence(one) - sequence(other));
  const members = names.filter((name) => name.startsWith('member_'));
  const [only] = members;
  const data = only === undefined || members.length > 1 ? null : await session.data(`${path}/${only}`);
  return { leader: data === null ? null : endpointOf(data), lowestElectionNode: lowest ?? null };
}

/** Only what our own simulated schedulers write is understood; anything else counts as no leader. */
function endpointOf(data: Buffer): Endpoint | null {
  const match = /^\{"serviceEndpoint":\{"host":"([^"\\]+)","port":(\d{1,5})\}/.exec(data.toString('utf8'));
  return match?.[1] === undefined ? null : { host: match[1], port: Number(match[2]) };
}
