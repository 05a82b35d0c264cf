import type { Endpoint } from '../../../aurora/leader.ts';
import type { SimulatedRelease } from '../../release/simulated-release.ts';

/**
 * What a scheduler's redirect filter makes of a request (aurora.md 1.5): it knows ZooKeeper's member nodes
 * and nothing else.
 */
type Redirect =
  | { readonly kind: 'serve' }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'no-leader' };

/** `path` with its query; prefixes as in the real one: `/api` covers `/apibeta` too. */
export function judgeRequest(
  request: { path: string; bypass: boolean },
  seen: { leader: Endpoint | null; self: Endpoint },
  rules: SimulatedRelease['redirect'],
): Redirect {
  const { path, bypass } = request;
  const { leader, self } = seen;
  const served = { kind: 'serve' } as const;
  if ((bypass && rules.bypass) || !rules.paths.some((prefix) => path.startsWith(prefix))) return served;
  if (leader === null) return rules.withoutLeader === 'serves' ? served : { kind: 'no-leader' };
  if (isSame(leader, self)) return served;
  return { kind: 'redirect', location: `http://${leader.host}:${leader.port}${path}` };
}

/** `/leaderhealth`: 200 leads, 503 another one leads, 502 nobody does. */
export function leaderHealth(leader: Endpoint | null, self: Endpoint): { status: number; text: string } {
  const [status, says] =
    leader === null
      ? [502, 'There is no leading scheduler or the leader is unknown.']
      : isSame(leader, self)
        ? [200, 'This is the leading scheduler.']
        : [503, 'Another instance is the leading scheduler.'];
  const text = [
    `Current status: ${says}`,
    '',
    'This endpoint can indicate to a load balancer which among a group of schedulers is leading.',
    '',
    'The response codes are:',
    '200: This is the leading scheduler.',
    '503: Another instance is the leading scheduler.',
    '502: There is no leading scheduler or the leader is unknown.',
  ].join('\n');
  return { status, text };
}

function isSame(one: Endpoint, other: Endpoint): boolean {
  return one.host === other.host && one.port === other.port;
}
