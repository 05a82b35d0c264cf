/**
 * Mistakes that the model must find: each wraps functions of the product from outside, the product knows none of
 * them. A defect that the model does not find is a hole in the model.
 */
import type { Recorded } from '../../src/aurora/journal.ts';
import { isRefusal } from '../../src/restore/decisions/decision.ts';
import type { GateName, RestoreEvent } from '../../src/restore/record/events.ts';
import type { Gate, RestoreState, SignOff } from '../../src/restore/record/state.ts';
import { type Refusal, signersNeeded } from '../../src/restore/rules/gates.ts';
import type { Product } from './product.ts';
import { groupsOf } from './world.ts';

interface Defect {
  readonly name: string;
  /** What the mistake is, in a sentence. */
  readonly what: string;
  readonly wrap: (product: Product) => Product;
}

type Fold = Product['foldEvent'];

export const defects: readonly Defect[] = [
  {
    name: 'count-per-group',
    what: 'a sign-off counts once for every approver group its signer is in',
    wrap: (product) => seeing(product, (state) => withSignOffs(state, perGroup)),
  },
  {
    name: 'keep-stale-sign-offs',
    what: 'sign-offs live on when the gate opens with another digest',
    wrap: (product) => ({ ...product, foldEvent: keepSignOffs(product.foldEvent) }),
  },
  {
    name: 'ignore-decline',
    what: 'a decline is written down and has no effect',
    wrap: (product) => ({
      ...product,
      foldEvent: (state, record) =>
        record.event.type === 'declined' ? passOver(state, record) : product.foldEvent(state, record),
    }),
  },
  {
    name: 'ignore-expiry',
    what: 'sign-offs, gates and the commit window never end',
    wrap: (product) => seeing(product, endless),
  },
  {
    name: 'same-person-twice',
    what: 'somebody who has signed may sign again, and both count',
    wrap: signTwice,
  },
  {
    name: 'requester-approves-stop',
    what: 'the requester may approve the stop of their own restore',
    wrap: (product) => ({
      ...product,
      judgeSignOff: (asked, vote) =>
        product.judgeSignOff({ ...asked, state: proposedBySomebodyElse(asked.state) }, vote),
    }),
  },
  {
    name: 'trust-old-rights',
    what: 'nobody asks at the commit whether the signers are still allowed',
    wrap: (product) => ({ ...product, judgeFallen: () => null }),
  },
  {
    name: 'one-signer-is-enough',
    what: 'the commit gate opens for one sign-off less than the policy says',
    wrap: (product) => ({
      ...product,
      foldEvent: (state, record) => product.foldEvent(state, withOneLess(state, record)),
    }),
  },
  {
    name: 'order-outlives-edit',
    what: 'an order to commit stands although what is staged was made again since',
    wrap: orderOutlivesEdit,
  },
  {
    name: 'clock-runs-on',
    what: 'time lets it reconcile although something changed at the second look and nobody answered',
    wrap: (product) => seeing(product, withRunningClock),
  },
  {
    name: 'no-reminder',
    what: 'time lets it reconcile, and nobody was reminded of that',
    wrap: (product) => ({
      ...product,
      decideNext: (state, now) => product.decideNext(asReminded(state), now),
    }),
  },
  {
    name: 'stranger-forgotten',
    what: 'who asks for more time makes going back clean again',
    wrap: (product) => ({ ...product, foldEvent: forgetStranger(product.foldEvent) }),
  },
  {
    name: 'slow-clock',
    what: 'the time is not judged again after the signers were looked up',
    wrap: (product) => ({
      ...product,
      holdCommitBack: (state, due) =>
        due.seen.fallen.length === 0 ? due.events : product.holdCommitBack(state, due),
    }),
  },
  {
    name: 'write-on-stale-state',
    what: 'the journal takes a decision that was made on an older state',
    wrap: (product) => ({ ...product, acceptsAppend: () => true }),
  },
  {
    name: 'decline-too-late',
    what: 'a decline is refused once the time to sign is over, although the commit may still be ordered',
    wrap: (product) => ({
      ...product,
      judgeDecline: (asked, vote) =>
        asked.now >= (asked.state.gates[vote.gate]?.expiresAt ?? 0)
          ? refusal('gate-expired')
          : product.judgeDecline(asked, vote),
    }),
  },
  {
    name: 'reopen-unexpired',
    what: 'going back is proposed again without saying that the earlier proposal is over',
    wrap: (product) => ({
      ...product,
      judgeGoBack: (asked, order) => {
        const verdict = product.judgeGoBack(asked, order);
        return isRefusal(verdict) ? verdict : verdict.filter(({ type }) => type !== 'gate-expired');
      },
    }),
  },
  {
    name: 'release-over-vote',
    what: 'one signer lets it reconcile while people decide on going back',
    wrap: (product) => ({
      ...product,
      judgeRelease: (asked, order) =>
        product.judgeRelease({ ...asked, state: withoutGoBack(asked.state) }, order),
      foldEvent: (state, record) => {
        if (record.event.type !== 'release-ordered') return product.foldEvent(state, record);
        const next = product.foldEvent(withoutGoBack(state), record);
        return { ...next, gates: state.gates };
      },
    }),
  },
  {
    name: 'editor-counts',
    what: 'who edited what is staged fills a place of their own, beside the requester',
    wrap: (product) => {
      const onlyRequester = (state: RestoreState): RestoreState =>
        withGates(state, (gate) => ({ ...gate, authors: gate.authors.slice(0, 1) }));
      return {
        ...seeing(product, onlyRequester),
        settleSigners: (gate, seen) =>
          product.settleSigners({ ...gate, authors: gate.authors.slice(0, 1) }, seen),
        judgeSignOff: (asked, vote) =>
          product.judgeSignOff({ ...asked, state: onlyRequester(asked.state) }, vote),
      };
    },
  },
  {
    name: 'edit-keeps-sign-offs',
    what: 'sign-offs outlive an edit of what is staged',
    wrap: (product) => ({ ...product, foldEvent: keepThrough(product.foldEvent, 'edit-ordered') }),
  },
  {
    name: 'trust-foreign-hand',
    what: 'sign-offs outlive what somebody else did to what is staged',
    wrap: (product) => ({ ...product, foldEvent: keepThrough(product.foldEvent, 'foreign-hand') }),
  },
  {
    name: 'commit-while-paused',
    what: 'a pause does not keep anybody from ordering the commit, nor the gate from passing',
    wrap: (product) => ({
      ...product,
      judgeCommit: (asked, order) =>
        product.judgeCommit({ ...asked, state: { ...asked.state, paused: null } }, order),
      decideNext: (state, now) => product.decideNext({ ...state, paused: null }, now),
    }),
  },
  {
    name: 'no-abort',
    what: 'nobody can stop a restore',
    wrap: (product) => ({ ...product, judgeAbort: () => refusal('no-abort') }),
  },
  {
    name: 'no-way-back',
    what: 'nobody can go back after the commit',
    wrap: (product) => ({ ...product, judgeGoBack: () => refusal('no-way-back') }),
  },
];

/** The product as if every state looked different to those who count and decide; what is written stays as it is. */
function seeing(product: Product, look: (state: RestoreState) => RestoreState): Product {
  return {
    ...product,
    decideNext: (state, now) => product.decideNext(look(state), now),
    holdCommitBack: (state, due) => product.holdCommitBack(look(state), due),
    judgeCommit: (asked, order) => product.judgeCommit({ ...asked, state: look(asked.state) }, order),
    judgeDecline: (asked, vote) => product.judgeDecline({ ...asked, state: look(asked.state) }, vote),
  };
}

function withSignOffs(
  state: RestoreState,
  count: (signOffs: Gate['signOffs']) => Gate['signOffs'],
): RestoreState {
  return withGates(state, (gate) => ({ ...gate, signOffs: count(gate.signOffs) }));
}

function withGates(state: RestoreState, change: (gate: Gate) => Gate): RestoreState {
  const gates: Partial<Record<GateName, Gate>> = {};
  for (const gate of Object.values(state.gates)) gates[gate.name] = change(gate);
  return { ...state, gates };
}

function perGroup(signOffs: readonly SignOff[]): readonly SignOff[] {
  return signOffs.flatMap((signOff) => {
    const groups = groupsOf[signOff.person.userId] ?? ['S1'];
    return groups.map((group, index) => (index === 0 ? signOff : again(signOff, group)));
  });
}

/** The same person under another id. */
function again(signOff: SignOff, mark: string): SignOff {
  return { ...signOff, person: { ...signOff.person, id: `${signOff.person.id}#${mark}` } };
}

function keepSignOffs(foldEvent: Fold): Fold {
  return (state, record) => {
    const next = foldEvent(state, record);
    const { event } = record;
    if (event.type !== 'gate-opened') return next;
    const earlier = state.gates[event.gate];
    if (earlier?.status !== 'open') return next;
    return withGates(next, (gate) =>
      gate.name === event.gate ? { ...gate, signOffs: earlier.signOffs } : gate,
    );
  };
}

/** The commit gate stays open, signed as it was, through this kind of event. */
function keepThrough(foldEvent: Fold, type: RestoreEvent['type']): Fold {
  return (state, record) => {
    const next = foldEvent(state, record);
    const gate = state.gates.commit;
    return record.event.type === type && gate !== undefined ? { ...next, gates: state.gates } : next;
  };
}

function passOver(state: RestoreState, record: Recorded<RestoreEvent>): RestoreState {
  return { ...state, seq: record.seq, hash: record.hash };
}

function endless(state: RestoreState): RestoreState {
  const policy = { ...state.proposal.policy, signOffTtlMs: Infinity, commitWindowMs: Infinity };
  const seen = { ...state, proposal: { ...state.proposal, policy } };
  return withGates(seen, (gate) => ({ ...gate, expiresAt: Infinity }));
}

/** The judgement overlooks the signer's own sign-off, and the fold files the second one under another id. */
function signTwice(product: Product): Product {
  return {
    ...product,
    judgeSignOff: (asked, vote) => {
      const { id } = asked.voter.person;
      const state = withSignOffs(asked.state, (signOffs) =>
        signOffs.filter(({ person }) => person.id !== id),
      );
      return product.judgeSignOff({ ...asked, state }, vote);
    },
    foldEvent: (state, record) => {
      const { event } = record;
      if (event.type !== 'signed-off') return product.foldEvent(state, record);
      const own = state.gates[event.gate]?.signOffs.filter(
        ({ person }) => person.userId === event.person.userId,
      );
      const count = own?.length ?? 0;
      if (count === 0) return product.foldEvent(state, record);
      if (count > 1) return passOver(state, record);
      const person = { ...event.person, id: `${event.person.id}#2` };
      return product.foldEvent(state, { ...record, event: { ...event, person } });
    },
  };
}

function proposedBySomebodyElse(state: RestoreState): RestoreState {
  const requester = { id: 'T1:UELSE', userId: 'UELSE', name: 'somebody else' };
  return { ...state, proposal: { ...state.proposal, requester } };
}

function withOneLess(state: RestoreState, record: Recorded<RestoreEvent>): Recorded<RestoreEvent> {
  const { event } = record;
  if (event.type !== 'gate-opened' || event.gate !== 'commit') return record;
  const { policy } = state.proposal;
  const needed = signersNeeded({ gate: 'commit', policy, backupAgeMs: 0 }) - 1;
  return { ...record, event: { ...event, needed } };
}

/** The fold keeps the order, and who decides does not compare its digest with the gate's. */
function orderOutlivesEdit(product: Product): Product {
  return {
    ...product,
    foldEvent: (state, record) => {
      const next = product.foldEvent(state, record);
      const { event } = record;
      return event.type === 'taken-back' ? { ...next, commitOrdered: state.commitOrdered } : next;
    },
    decideNext: (state, now) => product.decideNext(orderedAsSigned(state), now),
    holdCommitBack: (state, due) => product.holdCommitBack(orderedAsSigned(state), due),
  };
}

function orderedAsSigned(state: RestoreState): RestoreState {
  const { commitOrdered } = state;
  const digest = state.gates.commit?.digest;
  if (commitOrdered === null || digest === undefined) return state;
  return { ...state, commitOrdered: { ...commitOrdered, digest } };
}

function withoutGoBack(state: RestoreState): RestoreState {
  const { 'go-back': _, ...gates } = state.gates;
  return { ...state, gates };
}

function refusal(code: string): Refusal {
  return { code, message: 'That is not possible.', hint: 'It never is.' };
}

function withRunningClock(state: RestoreState): RestoreState {
  return state.look === null ? state : { ...state, look: { ...state.look, stopped: false } };
}

function asReminded(state: RestoreState): RestoreState {
  return state.look === null ? state : { ...state, look: { ...state.look, remindedAt: 0 } };
}

function forgetStranger(fold: Fold): Fold {
  return (state, record) => {
    const next = fold(state, record);
    const isAnswered = record.event.type === 'look-extended' && next.look !== null;
    return isAnswered && next.look !== null ? { ...next, look: { ...next.look, unclean: false } } : next;
  };
}
