/** A sign-off of an open gate. It binds to the digest that was on the message. */
import { z } from 'zod';
import type { GivenSignature } from '../../aurora/signatures.ts';
import { proofSchema } from '../../aurora/statement.ts';
import { openGate, withGate } from '../record/gate-state.ts';
import { type Gate, isAtCommitGate, type RestoreState, summaryOf } from '../record/state.ts';
import { actor, event, type GateName, gateName } from '../record/words.ts';
import { judgeSigner, livingSignOffs, madeAgain, type Refusal } from '../rules/gates.ts';
import { judgeKeys, prove, statementsToSign } from '../rules/proofs.ts';
import { leaveOutFirst } from '../rules/refusals.ts';
import { judgePhase } from '../rules/second-look.ts';
import { type Asked, actorOf, decision } from './decision.ts';
import { gateWords } from './gate-words.ts';

const signedOff = event('signed-off', {
  gate: gateName,
  digest: z.string(),
  person: actor,
  comment: z.string(),
  /** Their own signature over the gate's statement, verified when it was given. */
  proof: proofSchema.exactOptional(),
});

interface About {
  readonly gate: GateName;
  readonly digest: string;
}

interface Order {
  readonly comment: string;
  /** Over the gate's statement. */
  readonly signature?: GivenSignature;
}

export const signOff = decision<About, Order, typeof signedOff>({
  wants: ({ gate }) => `sign off ${gate}`,
  may: (asked, about) => {
    const { state, voter, now } = asked;
    const { gate, digest } = about;
    const refusal = judgePhase(state, gate) ?? judgeSigner({ state, gate, digest, voter, now });
    if (refusal !== null) return refusal;
    return (gate === 'commit' ? judgeCommit(asked) : null) ?? judgeKeys(asked);
  },
  decide: (asked, { gate, digest, comment, signature: given }) => {
    const { state, voter, now } = asked;
    const proven = prove(asked, { statements: statementsToSign(state, { what: gate, now }), given });
    if ('code' in proven) return proven;
    const { proof } = proven;
    const person = actorOf(voter.person);
    return [
      {
        type: 'signed-off',
        gate,
        digest,
        person,
        comment: comment.trim(),
        ...(proof !== null && { proof }),
      },
    ];
  },
  event: signedOff,
  fold: (state, event, at) => {
    const gate = openGate(state, event.gate, event.digest);
    const earlier = gate.signOffs.find((signedOff) => signedOff.person.id === event.person.id);
    if (earlier !== undefined && at < earlier.at + state.proposal.policy.signOffTtlMs) {
      throw new Error(`${event.person.id} has signed already`);
    }
    const others = gate.signOffs.filter((signedOff) => signedOff !== earlier);
    return withGate(state, {
      ...gate,
      signOffs: [...others, { person: event.person, comment: event.comment, at, proof: event.proof ?? null }],
    });
  },
  told: ({ gate, person, comment, digest }, as) =>
    `${as.name(person)} ${gate === 'stop' ? 'approved' : 'signed off'} ${gateWords[gate]}${comment === '' ? '' : `: ${as.quote(comment)}`}${as.detail(`digest ${digest}`)}`,
});

function judgeCommit(asked: Asked): Refusal | null {
  const { state } = asked;
  if (!isAtCommitGate(state)) return madeAgain;
  const unlivable = summaryOf(state)?.unlivable;
  return unlivable === undefined ? judgePlace(asked) : leaveOutFirst(unlivable);
}

/** Those who made together what is signed fill one place together: a second signature of theirs could fill none. */
function judgePlace({ state, voter, now }: Asked): Refusal | null {
  const gate = state.gates.commit;
  if (gate?.authors.includes(voter.person.id) !== true) return null;
  const other = signedAuthor(state, gate, now);
  return other === undefined
    ? null
    : {
        code: 'fills-no-place',
        message: `Your sign-off would add nothing: ${other} has signed, and the two of you count as one signer.`,
        hint: 'Press "Who can sign?" to see who else can.',
      };
}

function signedAuthor(state: RestoreState, gate: Gate, now: number): string | undefined {
  const living = livingSignOffs(gate, { policy: state.proposal.policy, now });
  return living.find(({ person }) => gate.authors.includes(person.id))?.person.name;
}
