/**
 * Who may sign, and when a gate is through. Pure: the people, the approvers and the time are arguments.
 * Must stay true: no commit without two distinct people who signed this digest within the window and are
 * still allowed at that instant; one decline ends it; an empty approver list means nobody.
 */
import { liesAhead } from '../../aurora/backup-time.ts';
import type { Policy } from '../../aurora/cluster.ts';
import type { Person } from '../../aurora/people.ts';
import type { Gate, RestoreState } from '../record/state.ts';
import type { Actor, GateName } from '../record/words.ts';

/** A refusal is a value: it is shown to the person who was refused, and it is in the record. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/**
 * How many distinct people a gate needs: the policy's number, and one more for an old backup. One whose time lies ahead of the
 * bot's clock (a negative age) counts as old: its age is unknown.
 */
export function signersNeeded(request: { gate: GateName; policy: Policy; backupAgeMs: number }): number {
  const base = request.gate === 'stop' ? request.policy.stopSigners : request.policy.commitSigners;
  const old = request.backupAgeMs > request.policy.oldBackupMs || liesAhead(request.backupAgeMs);
  return base + (request.gate !== 'go-back' && old ? 1 : 0);
}

/** May the requester's own signature, or that of somebody who edited what is signed, count at this gate? Never at the stop. */
function authorsMaySign(gate: GateName, policy: Policy): boolean {
  return gate !== 'stop' && policy.requesterCounts;
}

/** By either id: a restore may have been proposed before its people were known as humans of an Enterprise Grid. */
function isSame(actor: Actor, { person }: Voter): boolean {
  return actor.id === person.id || actor.userId === person.userId;
}

export interface Voter {
  readonly person: Person;
  /** Looked up at this moment from the explicit list and the groups. */
  readonly isApprover: boolean;
  /** Groups that could not be read, each with the reason in a sentence: they count nobody. */
  readonly unread: readonly string[];
}

/** Why this person may not sign this gate of this digest now; `null` when they may. */
export function judgeSigner(vote: {
  state: RestoreState;
  gate: GateName;
  digest: string;
  voter: Voter;
  now: number;
}): Refusal | null {
  const { state, gate: name, digest, voter, now } = vote;
  const { gate, refusal } = judgeStanding(state.gates[name], { name, digest });
  if (refusal !== null) return refusal;
  if (now >= gate.expiresAt) return tooLate(name);
  const barred = judgePerson({ state, gate: name, voter });
  if (barred !== null) return barred;
  // An identical re-plan may keep a gate open for longer than a sign-off lives: then it has to be given again.
  const living = livingSignOffs(gate, { policy: state.proposal.policy, now });
  if (living.some((signOff) => isSame(signOff.person, voter))) {
    return {
      code: 'already-signed',
      message: 'Your sign-off is already there.',
      hint: 'It counts once; somebody else has to give the next one.',
    };
  }
  return null;
}

type Standing =
  | { readonly gate: Gate; readonly refusal: null }
  | { readonly gate: null; readonly refusal: Refusal };

/** The gate while it is open about `digest`, or why nobody can decide anything about that there. */
export function judgeStanding(gate: Gate | undefined, at: { name: GateName; digest: string }): Standing {
  if (gate?.status !== 'open') return { gate: null, refusal: closedGate(gate, at.name) };
  if (gate.digest === at.digest) return { gate, refusal: null };
  const because = gate.voided === null ? '' : ` ${gate.voided}`;
  return {
    gate: null,
    refusal: {
      code: 'digest-changed',
      message: `What that message was about has changed since.${because}`,
      hint: 'Read the new numbers in the newest message of the thread, and decide there.',
    },
  };
}

/** For a decision at a gate whose time is over. */
export function tooLate(name: GateName): Refusal {
  return { code: 'gate-expired', message: 'Too late: its time has run out.', hint: lateHints[name] };
}

/** The part of the judgement that is about the person alone: asked at the vote, and again at the commit. */
export function judgePerson(vote: { state: RestoreState; gate: GateName; voter: Voter }): Refusal | null {
  const { state, gate, voter } = vote;
  const { policy, requester } = state.proposal;
  if (voter.person.barred !== null) {
    return {
      code: 'person-barred',
      message: `You cannot sign: ${voter.person.barred}.`,
      hint: 'Full members of this workspace who are approvers of the cluster can.',
    };
  }
  if (!voter.isApprover) return notAnApprover(state, voter);
  if (authorsMaySign(gate, policy)) return null;
  const isRequester = isSame(requester, voter);
  const isEditor = gate === 'commit' && state.edits.some((edit) => isSame(edit.person, voter));
  if (!isRequester && !isEditor) return null;
  return {
    code: isRequester ? 'own-proposal' : 'own-edit',
    message: `You ${isRequester ? 'proposed this restore' : 'left tasks out of it'}, so someone else has to ${gate === 'stop' ? 'approve the stop' : 'sign it off'}.`,
    hint: 'Press "Who can approve?" to see who that can be.',
  };
}

const groupUnreadCode = 'group-unread';

/** For a decision that takes an approver; `refusal` says it in the words of that decision. */
export function notAnApprover(
  { proposal }: RestoreState,
  { unread }: Voter,
  refusal: Refusal = {
    code: 'not-an-approver',
    message: `You are not an approver of \`${proposal.cluster}\`.`,
    hint: 'Approvers are those who were approvers when this restore was proposed and are still in the bot\'s configuration. Press "Who can approve?" to see them.',
  },
): Refusal {
  if (unread.length === 0) return refusal;
  return {
    code: groupUnreadCode,
    message: `You do not count as an approver now. ${unread.join(' ')}`,
    hint: 'Approvers who are named in the configuration still count. Fix the group in Slack or in the configuration of the bot; it is asked again each time.',
  };
}

/** Why this signer's sign-off does not stand any more, with the signer as Slack knows them now; `null` when it does. */
export function judgeFallen(asked: {
  state: RestoreState;
  gate: GateName;
  signer: Actor;
  voter: Voter;
}): Refusal | null {
  const refusal = judgePerson(asked);
  if (refusal === null) return null;
  const { signer, voter } = asked;
  if (refusal.code === groupUnreadCode) {
    const message = `${signer.name} signed, and cannot be counted now. ${voter.unread.join(' ')}`;
    return { ...refusal, message };
  }
  const why =
    voter.person.barred ?? (voter.isApprover ? 'an author of what is signed' : 'no longer an approver');
  return { ...refusal, code: 'signer-fell', message: `${signer.name} signed, but no longer counts: ${why}.` };
}

/** Sign-offs of before may stand; new ones are given on what comes out. */
export const madeAgain: Refusal = {
  code: 'made-again',
  message: 'What was to be signed is being prepared again.',
  hint: 'Wait for the new summary in the thread, and sign or commit there.',
};

function closedGate(gate: Gate | undefined, name: GateName): Refusal {
  const status = gate?.status ?? 'open';
  if (gate === undefined || status === 'open') {
    return {
      code: 'gate-not-open',
      message: `Nothing is open to decide at the gate "${name}" now.`,
      hint: 'The card at the top of the thread says what can be done now.',
    };
  }
  if (status === 'expired' && gate.voided !== null) {
    return {
      code: 'gate-voided',
      message: `Its sign-offs were voided a moment ago: ${gate.voided}`,
      hint: 'Read what comes next in the thread; if it opens again there, look at the new numbers and press again.',
    };
  }
  if (status === 'expired') {
    return {
      code: 'gate-expired',
      message: 'Too late: its time has run out.',
      hint: lateHints[name],
    };
  }
  if (status === 'declined') {
    return {
      code: 'gate-declined',
      message: `${gate.declinedBy?.name ?? 'Somebody'} has declined it; one decline ends it.`,
      hint: 'The card at the top of the thread says what happens now.',
    };
  }
  return {
    code: 'gate-passed',
    message: `That has been decided already, signed by ${gate.signOffs.map(({ person }) => person.name).join(' and ')}.`,
    hint: 'The card at the top of the thread says what can be done now.',
  };
}

const lateHints: Readonly<Record<GateName, string>> = {
  stop: 'No host was touched, and the restore ends. Propose it again with `/aurora restore`.',
  commit:
    'It opens again without sign-offs: sign in the newest message of the thread, or stop and put everything back.',
  'go-back': 'Propose going back again, and the others sign again.',
};

type GateVerdict =
  | { readonly kind: 'waiting'; readonly missing: number }
  | { readonly kind: 'satisfied' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'declined' };

/** Where a gate stands at `now`. Sign-offs older than their life do not count. */
export function judgeGate(gate: Gate, rules: { policy: Policy; now: number }): GateVerdict {
  if (gate.status === 'declined') return { kind: 'declined' };
  if (gate.status === 'expired') return { kind: 'expired' };
  const living = livingSignOffs(gate, rules);
  const places = countPlaces(
    gate,
    living.map(({ person }) => person),
  );
  if (places >= gate.needed) {
    const last = Math.max(...living.map((signOff) => signOff.at));
    const windowOver = gate.name === 'commit' && rules.now >= last + rules.policy.commitWindowMs;
    return windowOver ? { kind: 'expired' } : { kind: 'satisfied' };
  }
  if (rules.now >= gate.expiresAt) return { kind: 'expired' };
  return { kind: 'waiting', missing: gate.needed - places };
}

/** True when the time of an open gate has run out, whether that is written down yet or not. */
export function isOver(state: RestoreState, at: { gate: Gate; now: number }): boolean {
  return judgeGate(at.gate, { policy: state.proposal.policy, now: at.now }).kind === 'expired';
}

/** The requester and everybody who edited what is signed fill one place together: no two of them are a second pair of eyes. */
export function countPlaces(gate: Gate, signers: readonly Actor[]): number {
  const others = signers.filter(({ id }) => !gate.authors.includes(id)).length;
  return others + (signers.length > others ? 1 : 0);
}

/** Sign-offs of distinct people that have not outlived the policy's time. */
export function livingSignOffs(gate: Gate, rules: { policy: Policy; now: number }): Gate['signOffs'] {
  const seen = new Set<string>();
  return gate.signOffs.filter((signOff) => {
    const fresh = rules.now < signOff.at + rules.policy.signOffTtlMs && !seen.has(signOff.person.id);
    seen.add(signOff.person.id);
    return fresh;
  });
}
