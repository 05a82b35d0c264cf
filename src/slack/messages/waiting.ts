/** What people are waited for, and until when. */
import { nextItem, type RestoreState } from '../../restore/record/state.ts';
import { judgeGate } from '../../restore/rules/gates.ts';
import { mayGoBack } from '../../restore/rules/second-look.ts';
import { clockTime } from '../time.ts';

/** What people are waited for now, as the journal has it. */
export type Waiting =
  | 'stop'
  | 'sign-commit'
  | 'commit'
  | 'look'
  | 'go-back'
  | 'paused'
  | 'stuck'
  | 'end'
  | 'nobody';

/** Who is waited for. Judged at the time of the last sign-off: an expiry is an event of its own. */
export function waitingFor(state: RestoreState): Waiting {
  if (state.ended !== null) return 'end';
  if (state.gates['go-back']?.status === 'open' && mayGoBack(state)) return 'go-back';
  // What is stuck stays so: nobody looks again before it is resumed.
  if (state.paused !== null) return 'paused';
  if (state.stuck !== null) return 'stuck';
  const next = nextItem(state);
  if (next?.kind === 'look') return state.look === null ? 'nobody' : 'look';
  if (next?.kind !== 'gate') return 'nobody';
  const gate = state.gates[next.name];
  if (gate?.status !== 'open' || state.commitOrdered !== null) return 'nobody';
  if (next.name === 'stop') return 'stop';
  return isSigned(state) ? 'commit' : 'sign-commit';
}

/** True when the commit gate has its signatures and one of the signers can commit. */
export function isSigned(state: RestoreState): boolean {
  const gate = state.gates.commit;
  if (gate?.status !== 'open') return false;
  const now = Math.max(gate.openedAt, ...gate.signOffs.map((signOff) => signOff.at));
  return judgeGate(gate, { policy: state.proposal.policy, now }).kind === 'satisfied';
}

/** The second look still asks what it asked at `then`. */
export function isSameLook(then: RestoreState, latest: RestoreState): boolean {
  return (
    waitingFor(latest) === 'look' &&
    latest.look?.until === then.look?.until &&
    latest.look?.remindedAt === then.look?.remindedAt &&
    latest.notices.length === then.notices.length
  );
}

/** When the commit window closes: counted from the last signature needed. */
export function commitUntil(state: RestoreState): number {
  const gate = state.gates.commit;
  const signed = gate?.signOffs.map((signOff) => signOff.at) ?? [];
  // Signatures that were kept when it was opened once more count from when they were given.
  const last = signed.length > 0 ? Math.max(...signed) : (gate?.openedAt ?? 0);
  return last + state.proposal.policy.commitWindowMs;
}

/** What runs out by itself also while it is paused, a sentence; empty when nothing does. */
export function runningOutText(state: RestoreState): string {
  const goBack = state.gates['go-back'];
  const next = nextItem(state);
  const gate = next?.kind === 'gate' && state.commitOrdered === null ? state.gates[next.name] : undefined;
  const running = [
    ...(goBack?.status === 'open' && mayGoBack(state)
      ? [`sign-off for going back closes at ${clockTime(goBack.expiresAt)}`]
      : []),
    ...(gate?.status === 'open'
      ? [
          gate.name === 'commit' && isSigned(state)
            ? `the time to commit ends at ${clockTime(commitUntil(state))}`
            : `${gate.name === 'stop' ? 'approval' : 'sign-off'} closes at ${clockTime(gate.expiresAt)}`,
        ]
      : []),
  ];
  return running.length === 0 ? '' : `Deadlines keep running: ${running.join(', and ')}.`;
}

/** When the second look ends by itself, if it does. */
export function lookEndText({ look, proposal }: RestoreState): string {
  if (proposal.policy.release === 'people') return 'It does not continue by itself: somebody has to decide.';
  return `It reconciles by itself at ${clockTime(look?.until ?? 0)}.`;
}

/** What becomes of a restore when going back was declined, or was not decided in time. */
export function goesOnText(state: RestoreState): string {
  if (state.look === null || nextItem(state)?.kind !== 'look') return 'The restore stays where it is.';
  return state.look.stopped
    ? 'The second look continues until somebody decides.'
    : `The second look starts again. ${lookEndText(state)}`;
}
