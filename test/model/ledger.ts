/**
 * The model's own memory of what people did, kept from the raw events and independent of the product's fold: what
 * the promises are checked against. It knows the rules as the design states them, and nothing of the code.
 */
import type { GateName, RestoreEvent } from '../../src/restore/record/events.ts';

/** The design's numbers (promise 1), on purpose not read from the policy of the product. */
const commitNeedsPeople = 2;
const signOffLife = 3;
const commitWindow = 2;

export interface Vote {
  readonly gate: GateName;
  readonly digest: string;
  readonly person: string;
  readonly name: string;
  readonly at: number;
}

export interface Ledger {
  readonly votes: readonly Vote[];
  /** `gate:digest` of what was declined for good. */
  readonly declined: readonly string[];
  readonly order: { readonly digest: string; readonly person: string } | null;
  readonly commits: number;
  readonly released: boolean;
  /** The commit step failed before its call was made: nothing was sent, and an abort is still clean. */
  readonly stuckUnsent: boolean;
  /** Something changed at the second look, and nobody has answered yet. */
  readonly unanswered: boolean;
  /** People were told that it reconciles by itself soon, and its time has not been moved since. */
  readonly reminded: boolean;
  readonly reconciledByOthers: boolean;
  readonly undoing: boolean;
  readonly paused: boolean;
  /** Who has left tasks out of what is signed. */
  readonly editors: readonly string[];
}

export const emptyLedger: Ledger = {
  votes: [],
  declined: [],
  order: null,
  commits: 0,
  released: false,
  stuckUnsent: false,
  unanswered: false,
  reminded: false,
  reconciledByOthers: false,
  undoing: false,
  editors: [],
  paused: false,
};

/** What the check needs to know beside the event. */
interface Moment {
  /** When the event is written. */
  readonly now: number;
  /** The instant in the record: that of the decision for people, that of the write for the worker. */
  readonly at: number;
  /** When it was decided: earlier for a slow worker. */
  readonly decidedAt: number;
  readonly requester: string;
  /** May this person (`team:user`) sign at this moment? */
  isAllowed(person: string): boolean;
}

/** The ledger after an event, and the promises that the event broke. */
export function observe(
  ledger: Ledger,
  event: RestoreEvent,
  moment: Moment,
): { ledger: Ledger; breaches: readonly string[] } {
  return { ledger: remember(ledger, event, moment), breaches: breachesOf(ledger, event, moment) };
}

function remember(ledger: Ledger, event: RestoreEvent, moment: Moment): Ledger {
  switch (event.type) {
    case 'gate-opened': {
      const { gate, digest } = event;
      const votes = ledger.votes.filter((vote) => vote.gate !== gate || vote.digest === digest);
      const order = gate === 'commit' && ledger.order?.digest !== digest ? null : ledger.order;
      return { ...ledger, votes, order };
    }
    case 'signed-off': {
      const { gate, digest, person } = event;
      const others = ledger.votes.filter(
        (vote) => vote.gate !== gate || vote.digest !== digest || vote.person !== person.id,
      );
      return {
        ...ledger,
        votes: [...others, { gate, digest, person: person.id, name: person.name, at: moment.at }],
      };
    }
    case 'declined': {
      const votes = ledger.votes.filter((vote) => vote.gate !== event.gate);
      const reminded = ledger.reminded && event.gate !== 'go-back';
      // A declined way back may be proposed afresh: it is a way out, and starts without any sign-off.
      const declined =
        event.gate === 'go-back' ? ledger.declined : [...ledger.declined, `${event.gate}:${event.digest}`];
      return { ...ledger, votes, declined, reminded };
    }
    case 'edit-ordered': {
      const editors = [...ledger.editors, event.person.id];
      return { ...unsigned(ledger), editors };
    }
    case 'pause-ordered':
      return { ...ledger, paused: true };
    case 'resume-ordered':
      return { ...ledger, paused: false, reminded: false };
    case 'foreign-hand':
      return unsigned(ledger);
    // What was sent is proven to have come to nothing; another commit needs other sign-offs.
    case 'taken-back':
      return event.signOffs === 'void' ? { ...unsigned(ledger), commits: 0 } : { ...ledger, order: null };
    case 'gate-expired': {
      const votes = ledger.votes.filter((vote) => vote.gate !== event.gate);
      const reminded = ledger.reminded && event.gate !== 'go-back';
      return { ...ledger, votes, reminded, order: event.gate === 'commit' ? null : ledger.order };
    }
    // The order falls with whoever gave it, and otherwise when too few are left: the passage tells.
    case 'sign-off-fell': {
      const { gate, person } = event;
      const votes = ledger.votes.filter((vote) => vote.gate !== gate || vote.person !== person.id);
      return { ...ledger, votes, order: ledger.order?.person === person.id ? null : ledger.order };
    }
    case 'commit-ordered':
      return { ...ledger, order: { digest: event.digest, person: event.person.id } };
    case 'gate-passed': {
      const votes = ledger.votes.filter((vote) => vote.gate !== event.gate);
      const commits = ledger.commits + (event.gate === 'commit' ? 1 : 0);
      return {
        ...ledger,
        votes,
        commits,
        undoing: ledger.undoing || event.gate === 'go-back',
        paused: event.gate !== 'go-back' && ledger.paused,
      };
    }
    case 'abort-ordered':
      return { ...ledger, votes: [], order: null, undoing: true, paused: false };
    // The model has no operations: a commit step that failed here failed before anything was sent.
    case 'step-failed':
      return { ...ledger, stuckUnsent: event.step === 'commit' || event.step === 'run-recovery-tool' };
    case 'step-started':
    case 'look-again-ordered':
      return { ...ledger, stuckUnsent: false };
    case 'noticed':
      return {
        ...ledger,
        unanswered: true,
        reconciledByOthers: ledger.reconciledByOthers || event.unclean === true,
      };
    case 'look-extended':
      return { ...ledger, unanswered: false, reminded: false };
    case 'look-reminded':
      return { ...ledger, reminded: true };
    case 'release-ordered':
      return { ...ledger, released: true, unanswered: false };
    default:
      return ledger;
  }
}

function unsigned(ledger: Ledger): Ledger {
  return { ...ledger, votes: ledger.votes.filter((vote) => vote.gate !== 'commit'), order: null };
}

function breachesOf(ledger: Ledger, event: RestoreEvent, moment: Moment): readonly string[] {
  switch (event.type) {
    case 'signed-off':
    case 'commit-ordered':
    case 'declined':
      return ledger.undoing ? [`${event.type} was taken while everything is being put back`] : [];
    case 'gate-passed':
      return [...passageBreaches(ledger, event, moment)];
    case 'release-ordered':
      return event.person === null ? [...silentReleases(ledger)] : [];
    case 'abort-ordered':
      return ledger.commits > 0 && !ledger.stuckUnsent
        ? ['an abort was taken after the commit was sent']
        : [];
    default:
      return [];
  }
}

function* silentReleases(ledger: Ledger): Generator<string> {
  if (ledger.unanswered) yield 'time let it reconcile although something changed and nobody answered';
  if (!ledger.reminded) yield 'time let it reconcile and nobody had been reminded of it';
  if (ledger.votes.some(({ gate }) => gate === 'go-back'))
    yield 'time let it reconcile while somebody wants to go back';
}

function* passageBreaches(
  ledger: Ledger,
  { gate, digest }: { gate: GateName; digest: string },
  moment: Moment,
): Generator<string> {
  if (ledger.declined.includes(`${gate}:${digest}`)) {
    yield `a decline was outvoted: ${gate} passed on ${digest}, which had been declined`;
  }
  if (ledger.paused && gate !== 'go-back') yield `${gate} passed while the restore is paused`;
  if (ledger.undoing) yield `${gate} passed while everything is being put back`;
  const judgedAt = gate === 'commit' ? moment.now : moment.decidedAt;
  const living = ledger.votes.filter(
    (vote) => vote.gate === gate && vote.digest === digest && judgedAt < vote.at + signOffLife,
  );
  const people = new Set(living.map((vote) => vote.person));
  const named = [...new Set(living.map((vote) => vote.name))].join(' and ') || 'nobody';
  if (gate === 'stop') {
    people.delete(moment.requester);
    if (people.size === 0) yield `the stop passed without anybody but the requester: signed by ${named}`;
    return;
  }
  if (people.size < commitNeedsPeople) {
    yield `${gate}${gate === 'commit' ? ` of ${digest}` : ''} passed without two distinct valid sign-offs: signed by ${named}`;
  }
  const others = [...people].filter(
    (person) => person !== moment.requester && !ledger.editors.includes(person),
  );
  if (gate === 'commit' && others.length === 0) {
    yield `commit of ${digest} passed on the sign-offs of those alone who made it: ${named}`;
  }
  if (gate === 'go-back') {
    if (ledger.released) yield 'going back passed after the release';
    return;
  }
  for (const { person, name } of living) {
    if (!moment.isAllowed(person))
      yield `commit passed on a sign-off of ${name}, who is not allowed any more`;
  }
  if (living.length > 0 && moment.now >= Math.max(...living.map((vote) => vote.at)) + commitWindow) {
    yield 'commit passed after its window';
  }
  if (ledger.order?.digest !== digest) yield `commit of ${digest} passed without an order on that digest`;
  if (ledger.commits > 0) yield 'the commit was sent twice';
}
