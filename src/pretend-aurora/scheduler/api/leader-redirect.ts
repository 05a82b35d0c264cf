import type { Endpoint } from '../../../aurora/leader.ts';
import type { SimulatedRelease } from '../../release/simulated-release.ts';

/** What a scheduler's redirect filter knows: ZooKeeper's member nodes, and nothing else (aurora.md 1.5). */
interface Seen {
  readonly leader: Endpoint | null;
  readonly self: Endpoint;
}

/** What becomes of a call; `location` is the leader's address. */
export function judgeCall(
  { leader, self }: Seen,
  { bypass, redirects }: { bypass: boolean; redirects: SimulatedRelease['redirects'] },
): 'serve' | 'no-leader' | { readonly location: string } {
  if (redirects === 'never' || (bypass && redirects === 'always')) return 'serve';
  if (leader === null) return redirects === 'always' ? 'no-leader' : 'serve';
  return isSame(leader, self) ? 'serve' : { location: `http://${leader.host}:${leader.port}` };
}

/** The status of `/leaderhealth`: 200 leads, 503 another one leads, 502 nobody does. */
export function leaderHealth({ leader, self }: Seen): number {
  if (leader === null) return 502;
  return isSame(leader, self) ? 200 : 503;
}

function isSame(one: Endpoint, other: Endpoint): boolean {
  return one.host === other.host && one.port === other.port;
}
