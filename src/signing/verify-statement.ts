/** Who signed a statement, by the roster: the same judgement on a host, in the bot and in a terminal. Pure. */
import { messageOf } from '../aurora/errors.ts';
import {
  challengeOf,
  type Proof,
  type SignedStatement,
  type Statement,
  sshNamespace,
  statementText,
} from '../aurora/statement.ts';
import { verifyPasskey } from './passkey.ts';
import type { PersonKey, Roster } from './roster.ts';
import { verifySshSignature } from './ssh-signature.ts';

/** A statement that says to be good for longer is refused whoever signed it. */
export const statementLifeMsMax = 24 * 60 * 60_000;

interface Signers {
  /** Stable ids, each once, in the order of the proofs. */
  readonly people: readonly string[];
  /** How many places they fill: all authors together fill one. */
  readonly places: number;
  /** A sentence for each proof that does not count. */
  readonly refused: readonly string[];
}

/** Counts the people who signed; a proof that does not verify counts nobody and is named. `now` decides which keys are good. */
export function countSigners(
  { statement, proofs }: SignedStatement,
  by: { roster: Roster; now: number },
): Signers {
  const people: string[] = [];
  const refused: string[] = [];
  for (const proof of proofs) {
    const fault = faultOfProof(statement, proof, by);
    if (fault !== null) refused.push(fault);
    else if (!people.includes(proof.person)) people.push(proof.person);
  }
  const authors = people.filter((person) => statement.authors.includes(person));
  return { people, places: people.length - Math.max(0, authors.length - 1), refused };
}

/** Why this proof counts nobody, as a sentence; `null` when it is a good signature of a person of the roster. */
export function faultOfProof(
  statement: Statement,
  proof: Proof,
  { roster, now }: { roster: Roster; now: number },
): string | null {
  const person = roster.people.get(proof.person);
  if (person === undefined) return `${proof.person} is not in the roster.`;
  const key = person.keys.find(
    (candidate) => candidate.name === proof.key && candidate.type === proof.format,
  );
  if (key === undefined)
    return `${person.name} has no ${proof.format} key named ${JSON.stringify(proof.key)} in the roster.`;
  if (now < key.from) return `${person.name}'s key ${key.name} is not valid yet.`;
  if (now >= key.until) return `${person.name}'s key ${key.name} is no longer valid.`;
  try {
    verifyProof(statement, proof, { key, roster });
    return null;
  } catch (error) {
    return `${person.name}'s signature with ${key.name} does not count: ${messageOf(error)}.`;
  }
}

/** Why a statement is not good at this instant, as a sentence; `null` when it is. */
export function faultOfTime(
  { issuedAt, expiresAt }: Statement,
  { now, skewMs }: { now: number; skewMs: number },
): string | null {
  if (expiresAt <= issuedAt || expiresAt - issuedAt > statementLifeMsMax)
    return `A signed statement is good for at most ${statementLifeMsMax / 3_600_000} hours.`;
  if (issuedAt > now + skewMs)
    return 'The signed statement was issued in the future, by the clock of this host.';
  return expiresAt + skewMs <= now ? 'The signed statement has expired.' : null;
}

function verifyProof(statement: Statement, proof: Proof, by: { key: PersonKey; roster: Roster }): void {
  const { key, roster } = by;
  if (proof.format === 'ssh' && key.type === 'ssh') {
    verifySshSignature(proof.signature, key.publicKey, {
      text: statementText(statement),
      namespace: sshNamespace,
    });
  } else if (proof.format === 'passkey' && key.type === 'passkey' && roster.relyingParty !== null) {
    verifyPasskey(proof, key.publicKey, {
      challenge: challengeOf(statement),
      relyingParty: roster.relyingParty,
    });
  } else {
    throw new Error('its format is not that of the key');
  }
}
