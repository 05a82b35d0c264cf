/** What people type or say to decide something. Nothing is decided by words: they are told which button does it. Pure. */
import type { DecisionName } from '../src/restore/decisions/index.ts';

export interface Wish {
  /** As it is told: `there is nothing to go back from`. */
  readonly verb: string;
  /** Decisions that would do it, the first one that the card offers is meant. */
  readonly decisions: readonly DecisionName[];
}

const approve: Wish = { verb: 'approve', decisions: ['sign-off'] };
const stop: Wish = { verb: 'stop', decisions: ['abort', 'go-back'] };
const goBack: Wish = { verb: 'undo', decisions: ['go-back', 'abort'] };
const resume: Wish = { verb: 'resume', decisions: ['resume'] };
const decline: Wish = { verb: 'decline', decisions: ['decline'] };
const again: Wish = { verb: 'try again', decisions: ['look-again'] };
const moreTime: Wish = { verb: 'extend', decisions: ['more-time'] };

/** The first word of each way to say it; never a word of a command. */
const wishes: Readonly<Record<string, Wish>> = {
  abort: stop,
  stop,
  cancel: stop,
  undo: goBack,
  rollback: goBack,
  revert: goBack,
  back: goBack,
  go: goBack,
  'go-back': goBack,
  pause: { verb: 'pause', decisions: ['pause'] },
  resume,
  continue: resume,
  approve,
  sign: approve,
  'sign-off': approve,
  lgtm: approve,
  commit: { verb: 'commit', decisions: ['commit'] },
  decline,
  reject: decline,
  reconcile: { verb: 'reconcile', decisions: ['let-reconcile'] },
  extend: moreTime,
  'more-time': moreTime,
  leave: { verb: 'leave out', decisions: ['leave-out'] },
  'leave-out': { verb: 'leave out', decisions: ['leave-out'] },
  retry: again,
  'look-again': again,
  abandon: { verb: 'abandon', decisions: ['abandon'] },
};

/** For asking back when a word is none of them. */
export const wishWords: readonly string[] = Object.keys(wishes);

/** `null` for a word that names no decision. */
export function wishOf(word: string): Wish | null {
  const name = word.toLowerCase();
  return Object.hasOwn(wishes, name) ? (wishes[name] ?? null) : null;
}
