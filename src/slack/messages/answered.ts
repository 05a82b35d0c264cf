/**
 * The first line of a request that is over: how it was answered, by whom and when. A request says what it needs as long as it is
 * asked, and never afterwards: whoever reads the thread from below must not act on the wrong one.
 */
import type { GateName } from '../../restore/record/events.ts';
import { type Gate, type RestoreState, rewindsOf } from '../../restore/record/state.ts';
import type { Message } from '../blocks.ts';
import { by } from '../decisions/dialogue.ts';
import { gateText } from '../decisions/gate-words.ts';
import { foreign } from '../escape.ts';
import { clockTime } from '../time.ts';
import { wordList } from './approvers.ts';
import { isSameLook, type Waiting, waitingFor } from './waiting.ts';

/** `at` is the state when it was asked, `latest` the newest one. */
export interface Moment {
  readonly at: RestoreState;
  readonly latest: RestoreState;
}

/** Said under a request while it is asked: the buttons stand in one place. */
export const onTheCard = 'Decide with the buttons of the card, at the top of this thread.';

/** True for a message that people must be able to find: it asks something, by buttons of its own or by those of the card. */
export function isAsking({ blocks }: Message): boolean {
  return blocks.some(
    (block) =>
      block.type === 'actions' ||
      (block.type === 'context' &&
        block.elements.some((each) => each.type === 'mrkdwn' && each.text === onTheCard)),
  );
}

/** The very opening that was asked about, and the same attempt: what was staged once more is asked about anew. */
function isSameGate({ at, latest }: Moment, name: GateName): boolean {
  const [then, now] = [at.gates[name], latest.gates[name]];
  return (
    then !== undefined &&
    then.digest === now?.digest &&
    then.openedAt === now.openedAt &&
    rewindsOf(at) === rewindsOf(latest)
  );
}

/** `null` while signatures, or the order to commit (`waiting` is `commit`), are asked for. */
export function gateAnswer(moment: Moment, name: GateName, waiting: Waiting): string | null {
  const { latest } = moment;
  const gate = latest.gates[name];
  const isSame = isSameGate(moment, name);
  if (isSame && waitingFor(latest) === waiting) return null;
  if (gate === undefined || !isSame) return '*No longer asked:* it was asked again further down.';
  const what = gateText(latest, name);
  if (gate.status === 'declined') {
    // Declining the stop ends the restore at once; of the others the reply further down has the time.
    const when = name === 'stop' && latest.ended !== null ? ` (${clockTime(latest.ended.at)})` : '';
    return `*Answered:* ${gate.declinedBy === null ? 'somebody' : by(gate.declinedBy)} declined ${what}${when}.`;
  }
  if (gate.status === 'expired') return `*Not answered in time* (${clockTime(gate.expiresAt)}).`;
  if (latest.commitOrdered !== null && waiting === 'commit') {
    const { person, at } = latest.commitOrdered;
    // The request mentions who signed, and that is one of them.
    return `*Answered:* ${foreign(person.name, 60)} ordered the commit (${clockTime(at)}).`;
  }
  if (
    waiting !== 'commit' &&
    (gate.status === 'passed' || waitingFor(latest) === 'commit' || latest.commitOrdered !== null)
  )
    return `*Answered:* ${signedText(gate)} ${name === 'stop' ? 'approved' : 'signed off'} ${what}.`;
  return pausedOrOver(latest);
}

/** `null` while the second look asks what it asked at `at`. */
export function lookAnswer({ at, latest }: Moment): string | null {
  if (isSameLook(at, latest)) return null;
  const released = latest.look?.released ?? null;
  if (released !== null) {
    const begun = latest.runs['unblock-traffic']?.startedAt;
    const when = begun === undefined ? '' : ` (${clockTime(begun)})`;
    return released === 'time'
      ? `*Not answered in time:* it continued by itself${when}.`
      : `*Answered:* ${by(released)} let it reconcile${when}.`;
  }
  if (latest.undoReason === 'go-back') {
    const gate = latest.gates['go-back'];
    return `*Answered:* ${gate === undefined ? 'two people' : signedText(gate)} decided to go back.`;
  }
  return waitingFor(latest) === 'look'
    ? '*No longer asked:* it was asked again further down.'
    : pausedOrOver(latest);
}

/** `bo (14:24) and cy (14:26)`. */
function signedText({ signOffs }: Gate): string {
  return wordList(signOffs.map(({ person, at }) => `${by(person)} (${clockTime(at)})`));
}

function pausedOrOver({ paused, ended, phase, undoReason, gates }: RestoreState): string {
  if (ended !== null) return `*No longer asked:* the restore ended (${clockTime(ended.at)}).`;
  if (phase === 'undo')
    return `*No longer asked:* the restore ${undoReason === 'abort' ? 'was stopped' : 'goes back'}.`;
  if (paused !== null)
    return `*Not asked while it is paused,* by ${by(paused.person)} (${clockTime(paused.at)}).`;
  return gates['go-back']?.status === 'open'
    ? '*Not asked while going back is decided,* further down.'
    : '*Not asked now:* the card says what it waits for.';
}
