/**
 * People's own signatures, where a restore's policy asks for them: who can give one, and whose signature over which statement was
 * given. A roster that cannot be read counts nobody.
 */
import type { Policy } from '../../aurora/cluster.ts';
import { errorCodes } from '../../aurora/error-codes.ts';
import type { GivenSignature, RosterNow } from '../../aurora/signatures.ts';
import type { Proof, Statement } from '../../aurora/statement.ts';
import { type Gate, type RestoreState, summaryOf } from '../record/state.ts';
import type { Actor, GateName } from '../record/words.ts';
import { digestOf } from './digest.ts';
import { isOver, type Refusal, signersNeeded, type Voter } from './gates.ts';
import { statementsAfterCommit } from './statement.ts';

/** The roster at this instant, or a sentence that says why there is none. */
export type RosterSeen = { readonly roster: RosterNow } | { readonly fault: string };

/** What people sign: a gate, or that it may reconcile. */
export type Signed = GateName | 'release';

interface Signer {
  readonly state: RestoreState;
  readonly voter: Voter;
  readonly now: number;
  readonly roster?: RosterSeen;
}

/**
 * What may be signed now, newest first: what a gate was opened with, or, after the commit, what would open it. Empty where the
 * policy asks for nothing, and while there is nothing to sign.
 */
export function statementsToSign(
  state: RestoreState,
  { what, now }: { what: Signed; now: number },
): readonly Statement[] {
  const { policy } = state.proposal;
  if (policy.signatures === undefined) return [];
  if (what === 'release') {
    const digest = state.gates.commit?.digest;
    return digest === undefined
      ? []
      : statementsAfterCommit(state, { intent: 'release', digest, needed: 1, now });
  }
  const gate = state.gates[what];
  const isOpen = gate?.status === 'open' && !isOver(state, { gate, now });
  if (isOpen) return gate.statement === null ? [] : [gate.statement];
  if (what !== 'go-back') return [];
  const needed = signersNeeded({ gate: 'go-back', policy, backupAgeMs: 0 });
  return statementsAfterCommit(state, { intent: 'go-back', digest: goBackDigest(state), needed, now });
}

/** What going back binds to: the same restore, the other way. */
export function goBackDigest(state: RestoreState): string {
  const stagedSetDigest = summaryOf(state)?.stagedSetDigest ?? '';
  return digestOf(state, { intent: 'go-back', stagedSetDigest, deletions: [] });
}

/** Why somebody cannot give the signature that is needed, before they try; `null` when they can, or none is needed. */
export function judgeKeys({ state, voter, roster }: Signer): Refusal | null {
  if (state.proposal.policy.signatures !== 'require') return null;
  if (roster === undefined) return unread('no roster of keys is configured.');
  if ('fault' in roster) return unread(roster.fault);
  return withoutKey(roster.roster, voter.person.id);
}

/** Why this person (`team:user`) has nothing to sign with; `null` when they have. */
function withoutKey(roster: RosterNow, person: string): Refusal | null {
  const keys = roster.keysOf(person);
  if (keys !== null && keys.length > 0) return null;
  const why =
    keys === null ? 'you are not in the roster of keys' : 'none of your keys in the roster is valid now';
  return {
    code: keys === null ? 'not-in-roster' : 'no-good-key',
    message: `This needs a signature of your own, and ${why}.`,
    hint: 'Press "Who can sign?" to see who can. docs/signing.md says how a key gets into the roster.',
  };
}

/** The same of somebody else, as a clause for lists; `null` when they can sign. */
export function whyKeyless(roster: RosterNow, person: string): string | null {
  const refusal = withoutKey(roster, person);
  if (refusal === null) return null;
  return refusal.code === 'not-in-roster'
    ? 'not in the roster of keys'
    : 'no key in the roster that is valid now';
}

/** What was signed, by whom: no proof where none was given, or none asked for. */
interface Proven {
  readonly statement: Statement | null;
  readonly proof: Proof | null;
}

/**
 * Whose signature over which of these statements it is. A signature that is given has to be good, whatever the policy; `require`
 * takes nothing without one.
 */
export function prove(
  asked: Signer,
  { statements, given }: { statements: readonly Statement[]; given: GivenSignature | undefined },
): Proven | Refusal {
  const { state, voter, now, roster } = asked;
  const { signatures } = state.proposal.policy;
  if (signatures === undefined) return { statement: null, proof: null };
  const good = statements.filter(({ expiresAt }) => now < expiresAt);
  const [newest = null] = good;
  if (given === undefined) return signatures === 'require' ? missing : { statement: newest, proof: null };
  if (roster === undefined) return unread('no roster of keys is configured.');
  if ('fault' in roster) return unread(roster.fault);
  if (newest === null) return wrong('What you signed has expired.');
  let fault: string | null = null;
  for (const statement of good) {
    const judged = roster.roster.prove(statement, given, voter.person.id);
    if ('proof' in judged) return { statement, proof: judged.proof };
    fault ??= judged.fault;
  }
  return wrong(fault ?? '');
}

/** Refusals that are about the signature alone: a form shows them beside its field, and stays. */
export const signatureCodes: ReadonlySet<string> = new Set([
  'signature-missing',
  'signature-wrong',
  errorCodes.rosterUnread,
]);

const missing: Refusal = {
  code: 'signature-missing',
  message: 'This needs a signature of your own.',
  hint: 'Press the button again: its form leads to the page for a passkey, and takes a signature of ssh-keygen.',
};

function wrong(fault: string): Refusal {
  return {
    code: 'signature-wrong',
    message: fault,
    hint: 'Nothing was decided. Press the button again, and sign what it shows then.',
  };
}

function unread(fault: string): Refusal {
  return {
    code: errorCodes.rosterUnread,
    message: `No signature can be checked now: ${fault}`,
    hint: 'Whoever runs the bot has to fix the roster (docs/signing.md); it is read again each time.',
  };
}

/** Why a sign-off does not stand any more for its signature's sake, as the end of a sentence; `null` when it does. */
export function judgeProofNow(
  gate: Gate | undefined,
  { signer, policy, roster }: { signer: Actor; policy: Policy; roster: RosterNow },
): string | null {
  if (policy.signatures !== 'require' || gate?.statement == null) return null;
  const proof = gate.signOffs.find(({ person }) => person.id === signer.id)?.proof ?? null;
  if (proof === null) return 'without a signature of their own.';
  return roster.faultOf(gate.statement, proof);
}
