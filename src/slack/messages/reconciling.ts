/** How and when a restored cluster reconciles once it may: at once where it is asked to, else by the schedulers' timers. */
import { releaseOf } from '../../aurora/releases.ts';
import type { RestoreState } from '../../restore/record/state.ts';
import { isTriggered } from '../../restore/steps/shared/reconciliation.ts';
import { durationText } from '../time.ts';

/** What comes and how long it takes, a sentence; empty where it is asked for and takes seconds. */
export function timersText({ proposal, facts }: RestoreState): string {
  if (isTriggered(proposal)) return '';
  const timers = facts['check-hosts']?.reconciliationTimers;
  const restart = 'All schedulers restart with their own flags, and then reconcile by their own timers';
  if (timers === undefined) return `${restart}.`;
  const killedAfter = durationText(timers.implicitMs);
  if (releaseOf(proposal.auroraVersion).reconciliation === 'by-executor') {
    return `${restart}: tasks are killed and started again within about ${killedAfter} of that.`;
  }
  return `${restart}: tasks are started again about ${durationText(timers.explicitMs)} after that, and killed after about ${killedAfter}.`;
}

/** The same behind a sentence, with the space between them. */
export function thenTimers(state: RestoreState): string {
  const text = timersText(state);
  return text === '' ? '' : ` ${text}`;
}
