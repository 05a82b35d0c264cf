/**
 * What people do to a restore: propose, sign, decline, commit, abort, go back, let it reconcile. Every answer is a
 * value: `ok`, or a refusal with a reason and a next step for the person who asked. Refusals are in the record.
 * Nothing here acts on a host; it writes decisions down and the worker does the rest.
 */
import { appendDecided } from '../append.ts';
import { type Asked, actorOf, isRefusal } from '../decisions/decision.ts';
import {
  type AboutOf,
  type AnyDecision,
  type DecisionName,
  decisions,
  type Judgement,
  type OrderOf,
} from '../decisions/index.ts';
import { readStagedTasks } from '../looks/staged-tasks.ts';
import type { GateName, RestoreEvent } from '../record/events.ts';
import { foldJournal } from '../record/fold.ts';
import type { StagedTask } from '../record/staged-task.ts';
import type { RestoreState } from '../record/state.ts';
import { livingSignOffs, type Refusal, type Voter } from '../rules/gates.ts';
import { alreadyEnded, unknownRestore } from '../rules/refusals.ts';
import { settleSigners } from '../rules/standing.ts';
import { type AfterWords, createAfterWords } from './after-words.ts';
import type { Answer, ServiceDeps } from './answer.ts';
import { type Listed, type Listing, listRestores } from './list.ts';
import { createProposals, type Proposals } from './proposals.ts';
import { seeRoster } from './roster.ts';
import { listSigners, lookUpSigners, lookUpVoter, type SignersListed } from './signers.ts';
import { createStagedIndexes, type StagedIndex } from './staged-indexes.ts';

export interface RestoreService extends Proposals, AfterWords {
  /** Takes a decision: it is written down, or refused with a reason, and the refusal is in the record. */
  take<N extends DecisionName>(name: N, order: OrderOf<N> & Decider): Promise<Answer>;
  /** Whether somebody may take it, before they fill in a form: asked like `take`, and a refusal is in the record as well. */
  ask<N extends DecisionName>(name: N, about: AboutOf<N> & Decider): Promise<Refusal | null>;
  /** The same question, for showing the answer only: nothing is written. */
  mayTake<N extends DecisionName>(name: N, about: AboutOf<N> & Decider): Promise<Refusal | null>;
  /** Writes down that somebody was refused what did not come to a judgement; of a restore that is not known, nothing. */
  refuse(refused: Decider & { wanted: string; refusal: Refusal }): Promise<void>;
  /** Writes down that somebody else has edited a message of this restore; nothing of one that has ended. */
  noteEdited(edited: { restoreId: string; name: string }): Promise<void>;
  /** What would come of an order, for showing that only: `null` when it would be taken. Nothing is written. */
  check<N extends DecisionName>(name: N, order: OrderOf<N> & Decider): Promise<Refusal | null>;
  /** What is staged now, for choosing what to leave out; empty while nothing is. */
  listStaged(restoreId: string): Promise<readonly StagedTask[]>;
  /** The same, for searching in it while somebody types: read once. `null` for a restore that is not known. */
  indexStaged(restoreId: string): Promise<StagedIndex | null>;
  whoCanSign(question: { restoreId: string; gate: GateName }): Promise<SignersListed>;
  read(restoreId: string): Promise<RestoreState | null>;
  list(filter: Listing): Promise<Listed>;
}

interface Decider {
  readonly restoreId: string;
  readonly userId: string;
  /** The name of the key that has proved them, where they act in a terminal. */
  readonly terminalKey?: string;
}

/** What comes of what was asked. `fell` are sign-offs that do not stand any more, written down whatever comes of it. */
interface Judged {
  readonly verdict: Judgement;
  readonly fell: readonly RestoreEvent[];
}

type Judge = (asked: Asked) => Promise<Judged> | Judged;

/** Builds the service over the ports; `onDecision` wakes the worker. */
export function createRestoreService(
  deps: ServiceDeps,
  onDecision: (restoreId: string) => void,
): RestoreService {
  const stagedIndexes = createStagedIndexes(deps.documents);

  const read = async (restoreId: string): Promise<RestoreState | null> => {
    const records = await deps.journal.read(restoreId);
    return records.length === 0 ? null : foldJournal(records);
  };

  const askedOf = async (
    name: DecisionName,
    now: { state: RestoreState; userId: string; terminalKey?: string | undefined; toShow: boolean },
  ): Promise<Asked> => {
    const { state, userId, terminalKey, toShow } = now;
    const { byAnybody, believesKnown } = anyDecision(name);
    const who = { byAnybody: byAnybody === true, believesKnown: believesKnown === true };
    const roster = await seeRoster(deps, state);
    const voter = await lookUpVoter(deps, { state, userId, ...who, toShow });
    return {
      state,
      ...(roster !== null && { roster }),
      voter: provenBy(terminalKey, voter),
      now: deps.clock.now(),
      staged:
        decisions[name].readsStaged === true
          ? await Array.fromAsync(readStagedTasks(deps.documents, state))
          : [],
    };
  };

  /** Decides on the newest state and appends; reads and decides again when somebody was faster. */
  const decide = async (
    name: DecisionName,
    request: Decider & { wanted: string; toShow: boolean },
    judge: Judge,
  ): Promise<Answer> => {
    const first = await read(request.restoreId);
    if (first === null) return { ok: false, refusal: unknownRestore(request.restoreId) };
    const { decided } = await appendDecided(deps, async (attempt) => {
      const state = attempt === 1 ? first : ((await read(first.restoreId)) ?? first);
      const { userId, terminalKey, toShow } = request;
      const asked = await askedOf(name, { state, userId, terminalKey, toShow });
      const { verdict, fell } =
        state.ended === null
          ? await judge(asked)
          : judged(alreadyEnded(state.restoreId, state.ended.outcome));
      const events = isRefusal(verdict) ? [refusedEvent(asked.voter, request.wanted, verdict)] : verdict;
      return { state, at: asked.now, events: [...fell, ...events], verdict, fell };
    });
    const { verdict, fell } = decided;
    if (fell.length > 0 || (!isRefusal(verdict) && verdict.length > 0)) onDecision(request.restoreId);
    if (isRefusal(verdict)) return { ok: false, refusal: verdict };
    return { ok: true, state: (await read(request.restoreId)) ?? decided.state };
  };

  /** The decision itself, and then whether enough of those it stands on are still allowed to have signed. */
  const judgeNow = async <N extends DecisionName>(
    name: N,
    asked: Asked,
    order: OrderOf<N>,
  ): Promise<Judged> => {
    const { judge, standsOn } = anyDecision(name);
    const { state, now } = asked;
    const verdict = judge(asked, order);
    const gate = standsOn === undefined ? undefined : state.gates[standsOn];
    if (isRefusal(verdict) || gate === undefined) return judged(verdict);
    const signers = livingSignOffs(gate, { policy: state.proposal.policy, now }).map(({ person }) => person);
    const seen = await lookUpSigners(deps, { state, gate: gate.name, signers });
    const { fell, refusal } = settleSigners(gate, seen);
    return { verdict: refusal ?? verdict, fell };
  };

  return {
    read,
    list: (filter) => listRestores(deps.journal, filter),
    ...createProposals({ deps, read, onDecision }),
    ...createAfterWords(deps, read),
    take: (name, order) =>
      decide(name, { ...order, wanted: anyDecision(name).wants(order), toShow: false }, (asked) =>
        judgeNow(name, asked, order),
      ),
    ask: async (name, about) => {
      const { wants, may } = anyDecision(name);
      const answer = await decide(name, { ...about, wanted: wants(about), toShow: true }, (asked) =>
        judged(may(asked, about) ?? []),
      );
      return answer.ok ? null : answer.refusal;
    },
    mayTake: async (name, { restoreId, userId, ...about }) => {
      const state = await read(restoreId);
      if (state === null) return unknownRestore(restoreId);
      return anyDecision(name).may(await askedOf(name, { state, userId, toShow: true }), about);
    },
    refuse: async ({ restoreId, userId, terminalKey, wanted, refusal }) => {
      const { code, message, hint } = refusal;
      const state = await read(restoreId);
      if (state === null) return;
      const known = { state, userId, byAnybody: true, believesKnown: true };
      const voter = provenBy(terminalKey, await lookUpVoter(deps, known).catch(() => nobodyKnown(userId)));
      await appendDecided(deps, async (attempt) => ({
        state: attempt === 1 ? state : ((await read(restoreId)) ?? state),
        at: deps.clock.now(),
        events: [refusedEvent(voter, wanted, { code, message, hint })],
      }));
    },
    noteEdited: async ({ restoreId, name }) => {
      await appendDecided(deps, async () => {
        const state = await read(restoreId);
        if (state === null) throw new Error(`there is no ${restoreId}`);
        const events = state.ended === null ? [{ type: 'message-edited' as const, name }] : [];
        return { state, at: deps.clock.now(), events };
      });
    },
    check: async (name, order) => {
      const state = await read(order.restoreId);
      if (state === null) return unknownRestore(order.restoreId);
      const asked = await askedOf(name, { state, userId: order.userId, toShow: true });
      const verdict = anyDecision(name).judge(asked, order);
      return isRefusal(verdict) ? verdict : null;
    },
    listStaged: async (restoreId) => {
      const state = await read(restoreId);
      return state === null ? [] : await Array.fromAsync(readStagedTasks(deps.documents, state));
    },
    indexStaged: async (restoreId) => {
      const state = await read(restoreId);
      return state === null ? null : await stagedIndexes.of(state);
    },
    whoCanSign: async ({ restoreId, gate }) => {
      const state = await read(restoreId);
      if (state === null) return { allowed: [], barred: [], unread: [], keyless: [] };
      return await listSigners(deps, { state, gate });
    },
  };
}

function anyDecision(name: DecisionName): AnyDecision {
  return decisions[name] as AnyDecision;
}

function judged(verdict: Judgement): Judged {
  return { verdict, fell: [] };
}

function provenBy<V extends Pick<Voter, 'person'>>(terminalKey: string | undefined, voter: V): V {
  return terminalKey === undefined ? voter : { ...voter, person: { ...voter.person, terminalKey } };
}

/** Slack does not say who they are: the record has the id that it came with. */
function nobodyKnown(userId: string): Pick<Voter, 'person'> {
  const person = { id: `:${userId}`, userId, teamId: '', displayName: userId, barred: 'unknown' };
  return { person };
}

function refusedEvent(voter: Pick<Voter, 'person'>, what: string, { code, message }: Refusal): RestoreEvent {
  return { type: 'refused', person: actorOf(voter.person), what, code, message };
}
