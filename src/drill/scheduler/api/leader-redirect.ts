import type { Endpoint } from '../../../aurora/leader.ts';

/**
 * What a scheduler's redirect filter makes of a request (aurora.md 1.5): it knows ZooKeeper's member nodes
 * and nothing else.
 */
type Redirect =
  | { readonly kind: 'serve' }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'no-leader' };

/** Prefixes, as in the real one: `/api` covers `/apibeta` too. */
const filtered =
  /^\/(agents|api|assets\/scheduler|cron|maintenance|mname|offers|pendingtasks|quotas|slaves|state|tiers|utilization)/;

export function judgeRequest(
  request: { path: string; bypass: boolean },
  leader: Endpoint | null,
  self: Endpoint,
): Redirect {
  if (request.bypass || !filtered.test(request.path)) return { kind: 'serve' };
  if (leader === null) return { kind: 'no-leader' };
  if (isSame(leader, self)) return { kind: 'serve' };
  return { kind: 'redirect', location: `http://${leader.host}:${leader.port}${request.path}` };
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
