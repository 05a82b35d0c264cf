import type { Candidate, LeaderAnswer } from './leader.ts';
import type { Leadership } from './leadership.ts';

/** What an answer of ZooKeeper means, in one sentence, and what the reader does next. */
export interface LeaderWords {
  readonly sentence: string;
  readonly next: string;
}

/** Words for each of the five answers (aurora.md 8.4); plain text, the caller escapes it for where it is shown. */
export function explainLeader(answer: LeaderAnswer): LeaderWords {
  switch (answer.kind) {
    case 'one':
      return {
        sentence: `${answer.endpoint.host}:${answer.endpoint.port} leads.`,
        next: 'Confirm it with the scheduler itself: ZooKeeper may name a process that has just ended.',
      };
    case 'none':
      return explainNone(answer.candidates);
    case 'several':
      return {
        sentence: `${answer.members.length} schedulers say they lead: ${answer.members
          .map(({ endpoint }) => `${endpoint.host}:${endpoint.port}`)
          .join(', ')}.`,
        next: 'Wait one session timeout (15 s by default) and look again: the node of an ended process goes away then. If several stay, ask each for /leaderhealth and stop the one that does not lead.',
      };
    case 'malformed':
      return {
        sentence: `The leader node cannot be read: ${answer.members
          .map(({ node, problem }) => `${node}: ${problem}`)
          .join('; ')}.`,
        next: 'Nobody but a scheduler should write there. Find who did, and remove the node only when its owner is known not to lead.',
      };
    case 'unreachable':
      return { sentence: answer.error.message, next: answer.error.hint };
  }
}

/** Words for schedulers that believe they are elected without holding the election; `null` while none does. */
export function explainClaims({
  claiming,
  stale,
}: Pick<Leadership, 'claiming' | 'stale'>): LeaderWords | null {
  const [first] = stale;
  if (first === undefined) return null;
  const after = 'If that does not change within a minute, restart';
  return first.rightful === null
    ? {
        sentence: `${claiming.map(({ host }) => host).join(' and ')} all believe they are elected.`,
        next: `${after} them one after the other.`,
      }
    : {
        sentence: `${first.host} believes it is elected, but ${first.rightful} holds the election in ZooKeeper.`,
        next: `${after} the scheduler on ${first.host}.`,
      };
}

function explainNone(candidates: readonly Candidate[]): LeaderWords {
  const [lowest] = candidates;
  if (lowest === undefined) {
    return {
      sentence: 'Nobody leads, and no scheduler is waiting to.',
      next: 'Check that the schedulers run, and that the serverset path is the one in their flags.',
    };
  }
  return {
    sentence: `Nobody is advertised as leader; ${lowest.host} is elected and not registered with Mesos, of ${candidates.length} candidate${candidates.length === 1 ? '' : 's'}.`,
    next: 'This is normal for seconds after an election and for the whole of recovery mode; otherwise check the Mesos master and the log of that scheduler.',
  };
}
