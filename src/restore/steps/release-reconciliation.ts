/** Step 21b: explicit first, then implicit, as a scheduler does it itself; both calls exist from 0.16 on. */
import { AuroraError } from '../../aurora/errors.ts';
import { waitForLeader } from '../registered.ts';
import type { Step, StepContext } from '../step.ts';

export const releaseReconciliation: Step<'release-reconciliation'> = {
  name: 'release-reconciliation',
  run: async (context) => {
    const host = releasedBefore(context) ?? (await waitForLeader(context));
    await trigger(context, { host, kind: 'reconcile-explicit' });
    await trigger(context, { host, kind: 'reconcile-implicit' });
    return { host, at: context.now() };
  },
};

/** After a crash the calls go to the same host as before: their operations are named after it. */
function releasedBefore(context: StepContext): string | null {
  const earlier = [...context.state().operations.values()].find(
    (operation) => operation.step === 'release-reconciliation',
  );
  return earlier?.host ?? null;
}

async function trigger(
  context: StepContext,
  wanted: { host: string; kind: 'reconcile-explicit' | 'reconcile-implicit' },
): Promise<void> {
  const end = await context.attempt(wanted.host, wanted.kind, {});
  // Reconciling twice is harmless and an interrupted call is settled by the soak, which looks at the tasks.
  const answered = end.state === 'uncertain' || (end.state === 'done' && end.evidence.answer !== 'error');
  if (!answered) {
    throw new AuroraError({
      code: 'reconciliation-refused',
      message: `${wanted.host} did not take ${wanted.kind}: ${end.state === 'done' ? end.evidence.messages.join(' ') : end.message}`,
      hint: 'Nothing was killed yet. Look again, or go on by restarting the leader: its own timer then reconciles.',
    });
  }
}
