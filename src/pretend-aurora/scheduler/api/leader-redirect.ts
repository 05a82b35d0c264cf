import type { Endpoint } from '../../../aurora/leader.ts';
import type { SimulatedRelease } from '../../release/simulated-release.ts';
import type { Advertised } from '../../zookeeper/serverset-view.ts';
import { HttpFailure } from './rpc-failure.ts';

/** What a scheduler's redirect filter knows: ZooKeeper's member nodes, and nothing else (aurora.md 1.5). */
interface Seen {
  readonly leader: Advertised;
  readonly self: Endpoint;
}

/** What becomes of a call; `location` is the leader's address. Throws HttpFailure when who leads cannot be read. */
export function judgeCall(
  seen: Seen,
  { bypass, redirects }: { bypass: boolean; redirects: SimulatedRelease['redirects'] },
): 'serve' | 'no-leader' | { readonly location: string } {
  if (redirects === 'never' || (bypass && redirects === 'always')) return 'serve';
  const leader = readable(seen);
  if (leader === null) return redirects === 'always' ? 'no-leader' : 'serve';
  return isSame(leader, seen.self) ? 'serve' : { location: `http://${leader.host}:${leader.port}` };
}

/** The status of `/leaderhealth`: 200 leads, 503 another one leads, 502 nobody does. */
export function leaderHealth(seen: Seen): number {
  const leader = readable(seen);
  if (leader === null) return 502;
  return isSame(leader, seen.self) ? 200 : 503;
}

function readable({ leader }: Seen): Endpoint | null {
  if (leader === 'unreadable') throw new HttpFailure('java.lang.NullPointerException');
  return leader;
}

function isSame(one: Endpoint, other: Endpoint): boolean {
  return one.host === other.host && one.port === other.port;
}
