import { releaseOf } from '../aurora/releases.ts';
import type { Proposal } from './events.ts';

/** True when both reconciliations are asked for: the release can (0.16 and later), and the policy wants it. */
export function isTriggered({ auroraVersion, policy }: Pick<Proposal, 'auroraVersion' | 'policy'>): boolean {
  return releaseOf(auroraVersion).reconciliation === 'on-call' && policy.reconciliation !== 'timers';
}
