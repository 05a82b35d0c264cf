/**
 * What a person's decision leads to: the events to write, or a refusal. Pure over the state, the person as Slack
 * knows them at this moment, and the time, so that the model tries every interleaving over the very code that runs.
 */
import type { Person } from '../../aurora/people.ts';
import type { Actor, GateName, RestoreEvent } from '../record/events.ts';
import {
  type Gate,
  hasTouchedHosts,
  isAtCommitGate,
  isBeforeRelease,
  mayAbort,
  nextItem,
  type RestoreState,
  summaryOf,
} from '../record/state.ts';
import { digestOf } from '../rules/digest.ts';
import {
  judgeGate,
  judgePerson,
  judgeSigner,
  judgeStanding,
  livingSignOffs,
  madeAgain,
  notAnApprover,
  type Refusal,
  signersNeeded,
  tooLate,
  type Voter,
} from '../rules/gates.ts';
import {
  afterCommit,
  committedAlready,
  goingBack,
  judgeBarred,
  leaveOutFirst,
  missingReason,
  noLook,
  nothingCommitted,
  notStuck,
  paused,
  releasedAlready,
  undoAlready,
} from '../rules/refusals.ts';

/** Events in the order they are to be written, or why not. */
export type Judgement = Refusal | readonly RestoreEvent[];

/** On which state, by whom, when: what every judgement is handed. */
export interface Asked {
  readonly state: RestoreState;
  readonly voter: Voter;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** True for a refusal. */
export function isRefusal(verdict: Judgement): verdict is Refusal {
  return !Array.isArray(verdict);
}

/** The person as events name them. */
export function actorOf(person: Person): Actor {
  return { id: person.id, userId: person.userId, name: person.displayName };
}

/** A sign-off of an open gate. */
export function judgeSignOff(
  { state, voter, now }: Asked,
  vote: { gate: GateName; digest: string; comment: string },
): Judgement {
  const { gate, digest, comment } = vote;
  const over = judgePhase(state, gate);
  if (over !== null) return over;
  const refusal = judgeSigner({ state, gate, digest, voter, now });
  if (refusal !== null) return refusal;
  if (gate === 'commit' && !isAtCommitGate(state)) return madeAgain;
  const unlivable = gate === 'commit' ? summaryOf(state)?.unlivable : undefined;
  if (unlivable !== undefined) return leaveOutFirst(unlivable);
  return [{ type: 'signed-off', gate, digest, person: actorOf(voter.person), comment: comment.trim() }];
}

/** A decline, by an approver or the requester, for as long as the gate could still be passed. */
export function judgeDecline(
  { state, voter, now }: Asked,
  vote: { gate: GateName; digest: string; reason: string },
): Judgement {
  const { gate, digest, reason } = vote;
  if (reason.trim() === '') return missingReason;
  const over = judgePhase(state, gate);
  if (over !== null) return over;
  const isRequester = voter.person.id === state.proposal.requester.id;
  const open = judgeStanding(state.gates[gate], { name: gate, digest });
  if (open.refusal !== null) return open.refusal;
  if (isOver(state, { gate: open.gate, now })) return tooLate(gate);
  if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
  if (!voter.isApprover && !isRequester) return notAnApprover(state);
  if (gate === 'commit' && state.commitOrdered !== null) return committedAlready;
  return [{ type: 'declined', gate, digest, person: actorOf(voter.person), reason: reason.trim() }];
}

/** The order to commit, by one of the signers. Whether all of them still stand is asked of Slack afterwards. */
export function judgeCommit(
  { state, voter, now }: Asked,
  order: { digest: string; typedCluster: string },
): Judgement {
  const { policy, cluster } = state.proposal;
  const typed = order.typedCluster.trim();
  if (state.phase === 'undo') return undoAlready;
  if (state.commitOrdered !== null) return committedAlready;
  if (state.paused !== null) return paused;
  const { gate, refusal } = judgeStanding(state.gates.commit, { name: 'commit', digest: order.digest });
  if (refusal !== null) return refusal;
  if (!isAtCommitGate(state)) return madeAgain;
  const unlivable = summaryOf(state)?.unlivable;
  if (unlivable !== undefined) return leaveOutFirst(unlivable);
  if (typed !== cluster) {
    return {
      code: 'wrong-name',
      message: `You typed "${typed.slice(0, 60)}"; the cluster is called \`${cluster}\`.`,
      hint: 'Press Commit again and type the name exactly.',
    };
  }
  const verdict = judgeGate(gate, { policy, now });
  if (verdict.kind === 'waiting') {
    return {
      code: 'sign-offs-missing',
      message: `${verdict.missing} more sign-off${verdict.missing === 1 ? ' is' : 's are'} needed before anybody can commit.`,
      hint: 'Press "Who can approve?" to see who can give it.',
    };
  }
  if (verdict.kind !== 'satisfied') return tooLate('commit');
  const signers = livingSignOffs(gate, { policy, now });
  if (!signers.some((signOff) => signOff.person.id === voter.person.id)) {
    return {
      code: 'not-a-signer',
      message: 'Only one of those who signed can commit.',
      hint: `That is ${signers.map((signOff) => signOff.person.name).join(' or ')}.`,
    };
  }
  return [{ type: 'commit-ordered', digest: order.digest, person: actorOf(voter.person) }];
}

/** A stop before the commit, by anybody who is not barred. Ends at once when no host was touched. */
export function judgeAbort({ state, voter }: Asked, order: { reason: string }): Judgement {
  const reason = order.reason.trim();
  if (reason === '') return missingReason;
  if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
  if (state.phase === 'undo') return undoAlready;
  if (!mayAbort(state)) return afterCommit;
  const abort: RestoreEvent = { type: 'abort-ordered', person: actorOf(voter.person), reason };
  return hasTouchedHosts(state)
    ? [abort]
    : [abort, { type: 'restore-ended', outcome: 'undone', message: 'Stopped before any host was touched.' }];
}

/** The end of the second look, by one of the signers of the commit; not while going back is being decided. */
export function judgeRelease({ state, voter, now }: Asked): Judgement {
  const closed = judgeLook(state);
  if (closed !== null) return closed;
  if (state.paused !== null) return paused;
  const refusal = judgeLooker(state, voter);
  if (refusal !== null) return refusal;
  const gate = state.gates['go-back'];
  const release: RestoreEvent = { type: 'release-ordered', person: actorOf(voter.person) };
  if (gate?.status !== 'open') return [release];
  return isOver(state, { gate, now }) ? [{ type: 'gate-expired', gate: 'go-back' }, release] : goingBack;
}

/** More time for the second look, for anybody who is not barred. */
export function judgeExtendLook({ state, voter, now }: Asked, order: { byMs: number }): Judgement {
  const closed = judgeLook(state);
  if (closed !== null) return closed;
  if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
  const until = Math.max(now, state.look?.until ?? now) + order.byMs;
  return [{ type: 'look-extended', person: actorOf(voter.person), until }];
}

/** Opens the gate that leads back to the old state and signs it, or signs the one that is open. */
export function judgeGoBack({ state, voter, now }: Asked, order: { reason: string }): Judgement {
  const reason = order.reason.trim();
  if (reason === '') return missingReason;
  if (!mayGoBack(state)) {
    const isUncommitted = state.phase === 'forward' && state.commitOrdered === null;
    return isUncommitted ? nothingCommitted : (judgeLook(state) ?? noLook);
  }
  const { policy } = state.proposal;
  const gate = state.gates['go-back'];
  const signOff = (digest: string): RestoreEvent => ({
    type: 'signed-off',
    gate: 'go-back',
    digest,
    person: actorOf(voter.person),
    comment: reason,
  });
  if (gate?.status === 'open' && !isOver(state, { gate, now })) {
    const { digest } = gate;
    return judgeSigner({ state, gate: 'go-back', digest, voter, now }) ?? [signOff(digest)];
  }
  const barred = judgePerson({ state, gate: 'go-back', voter });
  if (barred !== null) return barred;
  const digest = goBackDigest(state);
  // The worker may not have written yet that the earlier one is over: its sign-offs must not live on in this one.
  const over: readonly RestoreEvent[] =
    gate?.status === 'open' ? [{ type: 'gate-expired', gate: 'go-back' }] : [];
  return [
    ...over,
    {
      type: 'gate-opened',
      gate: 'go-back',
      digest,
      needed: signersNeeded({ gate: 'go-back', policy, backupAgeMs: 0 }),
      expiresAt: now + policy.signOffTtlMs,
    },
    signOff(digest),
  ];
}

/** Somebody did what a stuck restore asked for; believed by nobody, looked at again. */
export function judgeLookAgain({ state, voter }: Asked): Judgement {
  if (state.stuck === null) return notStuck;
  if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
  return [{ type: 'look-again-ordered', person: actorOf(voter.person) }];
}

/** True while going back can be proposed: at the second look, or stuck after the commit and before the release. */
export function mayGoBack(state: RestoreState): boolean {
  return isBeforeRelease(state) && (nextItem(state)?.kind === 'look' || state.stuck !== null);
}

/** True when the time of an open gate has run out, whether that is written down yet or not. */
export function isOver(state: RestoreState, at: { gate: Gate; now: number }): boolean {
  return judgeGate(at.gate, { policy: state.proposal.policy, now: at.now }).kind === 'expired';
}

/** What no gate can change any more: everything is being put back, or it is too late for going back. */
function judgePhase(state: RestoreState, gate: GateName): Refusal | null {
  if (state.phase === 'undo') return undoAlready;
  return gate === 'go-back' && state.look !== null && state.look.released !== null ? judgeLook(state) : null;
}

/** Why nothing can be decided at the second look; `null` while it is open. */
function judgeLook(state: RestoreState): Refusal | null {
  const { look } = state;
  if (state.phase === 'undo') return undoAlready;
  const released = look?.released ?? null;
  if (released !== null) return releasedAlready(released === 'time' ? null : released.name);
  return look === null || nextItem(state)?.kind !== 'look' ? noLook : null;
}

function judgeLooker(state: RestoreState, voter: Voter): Refusal | null {
  const signOffs = state.gates.commit?.signOffs ?? [];
  if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
  if (signOffs.some((signOff) => signOff.person.id === voter.person.id)) return null;
  return {
    code: 'not-a-signer',
    message: 'Only one of those who signed the commit can let it reconcile.',
    hint: `That is ${signOffs.map((signOff) => signOff.person.name).join(' or ') || 'nobody'}.`,
  };
}

/** What going back binds to: the same restore, the other way. */
function goBackDigest(state: RestoreState): string {
  const stagedSetDigest = summaryOf(state)?.stagedSetDigest ?? '';
  return digestOf(state, { intent: 'go-back', stagedSetDigest, deletions: [] });
}
