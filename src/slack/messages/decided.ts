/** What people decided in a restore, a line each, for its report. From the journal: the state keeps only what counts now. */
import type { Recorded } from '../../aurora/journal.ts';
import { titleOfStep } from '../../restore/procedures/plan.ts';
import type { Actor, GateName, RestoreEvent } from '../../restore/record/events.ts';
import { foreign, quote, sentence } from '../escape.ts';
import { clockTime, count } from '../time.ts';

/** The line of one event, as mrkdwn; `null` for an event that nobody decided. */
export function decisionOf({ event, at }: Recorded<RestoreEvent>): string | null {
  const text = decidedText(event);
  return text === null ? null : `${clockTime(at)} ${text}`;
}

const gateWords: Readonly<Record<GateName, string>> = {
  stop: 'the stop',
  commit: 'the commit',
  'go-back': 'going back',
};

function decidedText(event: RestoreEvent): string | null {
  switch (event.type) {
    case 'restore-proposed':
      return `${nameOf(event.requester)} proposed it: ${quote(event.reason, 120)}`;
    case 'signed-off': {
      const verb = event.gate === 'stop' ? 'approved' : 'signed off';
      return `${nameOf(event.person)} ${verb} ${gateWords[event.gate]}${because(event.comment)}`;
    }
    case 'declined':
      return `${nameOf(event.person)} declined ${gateWords[event.gate]}${because(event.reason)}`;
    case 'gate-expired':
      return `the time for ${gateWords[event.gate]} ran out`;
    case 'edit-ordered':
      return `${nameOf(event.person)} left ${count(event.taskIds.length, 'task')} out${because(event.reason)}`;
    case 'pause-ordered':
      return `${nameOf(event.person)} paused it${because(event.reason)}`;
    case 'abandon-ordered':
      return `${nameOf(event.person)} left it as it is${because(event.reason)}`;
    case 'resume-ordered':
      return `${nameOf(event.person)} resumed it`;
    case 'commit-ordered':
      return `${nameOf(event.person)} committed`;
    case 'abort-ordered':
      return `${nameOf(event.person)} stopped it${because(event.reason)}`;
    case 'look-again-ordered':
      return `${nameOf(event.person)} had it look again`;
    case 'look-extended':
      return `${nameOf(event.person)} gave the second look more time, until ${clockTime(event.until)}`;
    case 'release-ordered':
      return event.person === null
        ? 'the time of the second look ran out: it reconciled by itself'
        : `${nameOf(event.person)} let it reconcile`;
    case 'taken-back':
      return `it was begun once more from "${titleOfStep(event.to)}", and sign-offs ${event.signOffs === 'kept' ? 'stood if the same came out' : 'counted no more'}: ${sentence(event.message, 200)}`;
    case 'foreign-hand':
      return `somebody else was seen at work, and sign-offs counted no more: ${sentence(event.message, 200)}`;
    case 'noticed':
      return `it was noticed: ${sentence(event.message, 200)}`;
    default:
      return null;
  }
}

function because(words: string): string {
  return words.trim() === '' ? '' : `: ${quote(words, 120)}`;
}

/** Names, not mentions: everybody knows by now, and nobody has to act. */
function nameOf(person: Actor): string {
  return foreign(person.name, 60);
}
