/**
 * The state of a restore is what you get by replaying its journal, and nothing else. `foldEvent` is strict: an
 * event that cannot follow is our own mistake and stops the fold, so that no later decision builds on it.
 */
import { messageOf } from '../../aurora/errors.ts';
import { JournalUnreadable, type Recorded } from '../../aurora/journal.ts';
import { decisionOf, isDecided } from '../decisions/index.ts';
import type { RestoreEvent } from './events.ts';
import { applyGateEvent } from './fold-gates.ts';
import { foldWorkDone } from './left-work.ts';
import { applyCall } from './questions.ts';
import { reopened, rewindTo, rewindToGate, withoutSignOffs } from './rewinds.ts';
import { isCommitSent, nextItem, type RestoreState, summaryStepOf } from './state.ts';
import { emptyThread, foldThread } from './thread.ts';

/** Throws when one of these events could not follow: asked before writing, because what is written stays. */
export function assertFollows(
  state: RestoreState,
  entry: { events: readonly RestoreEvent[]; at: number },
): void {
  let next = state;
  for (const event of entry.events) {
    const { restoreId, hash } = next;
    next = foldEvent(next, { restoreId, seq: next.seq + 1, at: entry.at, event, hash });
  }
}

/** Replays a whole journal; throws on an empty one, and as `foldRecord` does. */
export function foldJournal(records: readonly Recorded<RestoreEvent>[]): RestoreState {
  const state = records.reduce<RestoreState | null>(foldRecord, null);
  if (state === null) throw new Error('a journal starts with restore-proposed');
  return state;
}

/** One more record that was read back; `null` before the first. `JournalUnreadable` when it cannot follow. */
export function foldRecord(state: RestoreState | null, record: Recorded<RestoreEvent>): RestoreState {
  try {
    return state === null ? openState(record) : foldEvent(state, record);
  } catch (error) {
    const { restoreId, seq } = record;
    throw new JournalUnreadable({ restoreId, seq, why: messageOf(error) });
  }
}

function openState(record: Recorded<RestoreEvent>): RestoreState {
  const proposal = record.event;
  if (proposal.type !== 'restore-proposed') throw new Error('a journal starts with restore-proposed');
  return {
    restoreId: record.restoreId,
    seq: record.seq,
    hash: record.hash,
    origin: record.hash,
    proposedAt: record.at,
    proposal,
    phase: 'forward',
    undoReason: null,
    done: [],
    facts: {},
    runs: {},
    current: null,
    gates: {},
    operations: new Map(),
    approvers: {
      approvers: proposal.policy.approvers,
      approverGroups: proposal.policy.approverGroups,
    },
    edits: [],
    takenBack: [],
    foreign: null,
    paused: null,
    commitOrdered: null,
    look: null,
    reminded: {},
    escalated: {},
    notices: [],
    picture: null,
    stuck: null,
    thread: emptyThread,
    workDone: [],
    ended: null,
  };
}

/**
 * A question that came too late, what an agent still did when a restore was stopped before it touched hosts, and what people say and do
 * afterwards.
 */
const mayFollowTheEnd: ReadonlySet<RestoreEvent['type']> = new Set([
  'refused',
  'operation-finished',
  'thread-said',
  'thread-edited',
  'thread-deleted',
  'thread-marked',
  'left-work-done',
]);

/** One step of the replay. Pure. */
export function foldEvent(state: RestoreState, record: Recorded<RestoreEvent>): RestoreState {
  if (record.seq !== state.seq + 1) throw new Error(`event ${record.seq} cannot follow ${state.seq}`);
  if (state.ended !== null && !mayFollowTheEnd.has(record.event.type)) {
    throw new Error(`${record.event.type} cannot follow the end of ${state.restoreId}`);
  }
  return { ...applyEvent(state, record), seq: record.seq, hash: record.hash };
}

function applyEvent(state: RestoreState, { event, at }: Recorded<RestoreEvent>): RestoreState {
  if (isDecided(event)) return decisionOf(event).fold(state, event, at);
  switch (event.type) {
    case 'restore-proposed':
      throw new Error('a restore is proposed once');
    case 'step-started': {
      const next = nextItem(state);
      if (next?.kind !== 'step' || next.name !== event.step) throw new Error(`${event.step} is not next`);
      const earlier = state.runs[event.step];
      // A step that was done and is begun once more starts anew; one that was interrupted goes on.
      const startedAt = earlier === undefined || earlier.endedAt !== null ? at : earlier.startedAt;
      const run = { startedAt, endedAt: null, attempt: event.attempt };
      return { ...state, current: event.step, stuck: null, runs: { ...state.runs, [event.step]: run } };
    }
    case 'step-completed': {
      const next = nextItem(state);
      const run = state.runs[event.step];
      if (next === null || state.current !== event.step || run === undefined) {
        throw new Error(`${event.step} was not started`);
      }
      return {
        ...state,
        current: null,
        done: [...state.done, next],
        facts: { ...state.facts, [event.step]: event.facts },
        picture: 'picture' in event.facts ? (event.facts.picture ?? null) : state.picture,
        runs: { ...state.runs, [event.step]: { ...run, endedAt: at } },
      };
    }
    case 'step-failed':
      if (state.current !== event.step) throw new Error(`${event.step} is not running`);
      return {
        ...state,
        stuck: { step: event.step, code: event.code, message: event.message, hint: event.hint, at },
      };
    case 'operation-requested': {
      const { operationId, step, host, kind } = event;
      return {
        ...state,
        operations: new Map(state.operations).set(operationId, {
          operationId,
          step,
          host,
          kind,
          result: null,
          lookedAt: false,
          takenBack: false,
        }),
      };
    }
    case 'operation-finished': {
      const operation = state.operations.get(event.operationId);
      if (operation === undefined) throw new Error(`${event.operationId} was never requested`);
      const { state: outcome, changed, evidence, message } = event;
      const finished = { ...operation, result: { state: outcome, changed, evidence, message } };
      return { ...state, operations: new Map(state.operations).set(event.operationId, finished) };
    }
    case 'approvers-changed': {
      const { approvers, approverGroups } = event;
      return { ...state, approvers: { approvers, approverGroups } };
    }
    case 'gate-opened':
    case 'gate-expired':
    case 'gate-passed':
    case 'sign-off-fell':
      return applyGateEvent(state, event, at);
    case 'taken-back': {
      if (event.signOffs === 'kept' && isCommitSent(state)) {
        throw new Error('no sign-off outlives a commit that was sent');
      }
      const { to, code, message } = event;
      if (isCommitSent(state) && to !== 'find-elected')
        throw new Error('after a commit that came to nothing it is staged again');
      const back = rewindTo(state, to);
      const takenBack = [...state.takenBack, { to, code, message, at }];
      return {
        ...(event.signOffs === 'kept' ? reopened(back) : withoutSignOffs(back, message)),
        takenBack,
        foreign: null,
      };
    }
    case 'foreign-hand': {
      if (isCommitSent(state)) throw new Error('what follows a commit is settled by reading the tasks back');
      const { message, hint } = event;
      const back = withoutSignOffs(rewindToGate(state), message);
      return {
        ...back,
        foreign: event.act,
        stuck: { step: summaryStepOf(state), code: `foreign-${event.act}`, message, hint, at },
      };
    }
    case 'noticed': {
      const { code, message, picture = state.picture } = event;
      const notices = [...state.notices, { code, message, at }];
      const isLooking = nextItem(state)?.kind === 'look';
      const look =
        state.look === null || !isLooking
          ? state.look
          : {
              ...state.look,
              askedAt: at,
              stopped: true,
              unclean: state.look.unclean || event.unclean === true,
            };
      return { ...state, notices, picture, look };
    }
    case 'look-opened':
      if (nextItem(state)?.kind !== 'look' || state.look !== null) throw new Error('the look is not next');
      return {
        ...state,
        look: {
          until: event.until,
          askedAt: at,
          remindedAt: null,
          released: null,
          releaseSigned: null,
          stopped: false,
          unclean: false,
          trafficBy: null,
        },
      };
    case 'look-reminded':
      if (state.look === null || nextItem(state)?.kind !== 'look') throw new Error('no second look is open');
      return { ...state, look: { ...state.look, until: event.until, remindedAt: at } };
    case 'reminded':
    case 'escalated':
      return applyCall(state, event);
    case 'thread-said':
    case 'thread-edited':
    case 'thread-deleted':
    case 'thread-marked':
      return { ...state, thread: foldThread(state.thread, event) };
    case 'left-work-done':
      return foldWorkDone(state, event, at);
    case 'refused':
    case 'message-edited':
      return state;
    case 'restore-ended':
      return {
        ...state,
        current: null,
        stuck: null,
        ended: { outcome: event.outcome, message: event.message, at },
      };
  }
}
