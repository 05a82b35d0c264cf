/** Letting a restored cluster reconcile: asked for, or by the schedulers' own timers. */
import { AuroraError } from '../aurora/errors.ts';
import { releaseOf } from '../aurora/releases.ts';
import type { Proposal } from './events.ts';
import type { StepContext } from './step.ts';

/** True when both reconciliations are asked for: the release can (0.16 and later), and the policy wants it. */
export function isTriggered({ auroraVersion, policy }: Pick<Proposal, 'auroraVersion' | 'policy'>): boolean {
  return releaseOf(auroraVersion).reconciliation === 'on-call' && policy.reconciliation !== 'timers';
}

/** Explicit first, then implicit, as a scheduler does it itself. AuroraError `reconciliation-refused`. */
export async function askToReconcile(context: StepContext, host: string): Promise<void> {
  await trigger(context, { host, kind: 'reconcile-explicit' });
  await trigger(context, { host, kind: 'reconcile-implicit' });
}

/** A call that was interrupted is made again: what it does twice is done once. */
async function trigger(
  context: StepContext,
  wanted: { host: string; kind: 'reconcile-explicit' | 'reconcile-implicit' },
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const end = await context.attempt(wanted.host, wanted.kind, {});
    if (end.state === 'done' && (end.evidence.answer === 'ok' || end.evidence.answer === 'no-reply')) return;
    if (end.state === 'uncertain' && attempt < triesMax) continue;
    throw new AuroraError({
      code: 'reconciliation-refused',
      message: `${wanted.host} did not take ${wanted.kind}: ${end.state === 'done' ? end.evidence.messages.join(' ') : end.message}`,
      hint: 'Look again: the leader may have moved, and whoever leads by then is asked.',
    });
  }
}

const triesMax = 3;
