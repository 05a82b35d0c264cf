/** The roster in its file, read again at every question: whoever was taken out of it counts no more, without a restart. */
import { readFile, stat } from 'node:fs/promises';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import type { GivenSignature, RosterKey, RosterNow, Signatures } from '../aurora/signatures.ts';
import { type Proof, type Statement, sshNamespace } from '../aurora/statement.ts';
import { type PersonKey, type Roster, rosterBytesMax, rosterReader } from './roster.ts';
import { keyOfSshSignature, verifySshSignature } from './ssh-signature.ts';
import { faultOfProof } from './verify-statement.ts';

/** Opens nothing yet; a file that is parsed already and has not changed is not parsed again. */
export function openRosterFile(path: string): Signatures {
  const parse = rosterReader(path);
  return { readRoster: async (now) => rosterAt(parse(await readRosterText(path)), now) };
}

async function readRosterText(path: string): Promise<string> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new Error('it is not a plain file');
    if (found.size > rosterBytesMax) throw new Error(`it is larger than ${rosterBytesMax} bytes`);
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AuroraError({
      code: 'roster-unreadable',
      message: `The roster ${path} cannot be read: ${messageOf(cause)}.`,
      hint: 'Put it there, readable for the account of this program; docs/signing.md has an example.',
      cause,
    });
  }
}

/** The roster as rules ask it, at `now`. */
export function rosterAt(roster: Roster, now: number): RosterNow {
  const faultOf = (statement: Statement, proof: Proof) => faultOfProof(statement, proof, { roster, now });
  return {
    hash: roster.hash,
    relyingParty: roster.relyingParty,
    people: [...roster.people.keys()],
    keysOf: (person) =>
      roster.people
        .get(person)
        ?.keys.filter((key) => key.from <= now && now < key.until)
        .map(shownKey) ?? null,
    prove: (statement, given, person) => {
      const known = roster.people.get(person);
      if (known === undefined) return { fault: `${person} is not in the roster.` };
      const hasMade = makerOf(given);
      if (hasMade === null)
        return {
          fault: 'That is not a signature of ssh-keygen: paste all of it, with its first and last line.',
        };
      const key = known.keys.find(hasMade);
      if (key === undefined)
        return { fault: `It was made with a key that is not ${known.name}'s in the roster.` };
      const proof = proofOf(given, { person, key: key.name });
      const fault = faultOf(statement, proof);
      return fault === null ? { proof } : { fault };
    },
    whoSigned: (text, signature) => whoSigned(text, signature, { roster, now }),
    faultOf,
  };
}

/** A key is one person's alone in a roster. */
function whoSigned(
  text: string,
  signature: string,
  { roster, now }: { roster: Roster; now: number },
): ReturnType<RosterNow['whoSigned']> {
  const hasMade = makerOf({ format: 'ssh', signature });
  if (hasMade === null) return { fault: 'That is not a signature of ssh-keygen.' };
  for (const { id, name, keys } of roster.people.values()) {
    const key = keys.find(hasMade);
    if (key?.type !== 'ssh') continue;
    if (now < key.from) return { fault: `${name}'s key ${key.name} is not valid yet.` };
    if (now >= key.until) return { fault: `${name}'s key ${key.name} is no longer valid.` };
    try {
      verifySshSignature(signature, key.publicKey, { text, namespace: sshNamespace });
      return { person: id, name, key: key.name };
    } catch (error) {
      return { fault: `${name}'s signature with ${key.name} does not count: ${messageOf(error)}.` };
    }
  }
  return { fault: "It was made with a key that is nobody's in the roster." };
}

function shownKey(key: PersonKey): RosterKey {
  return key.type === 'passkey'
    ? { type: key.type, name: key.name, credentialId: key.credentialId }
    : { type: key.type, name: key.name };
}

/** By what the signature says of itself; whether it is one is judged afterwards. `null` for text that is not an ssh signature. */
function makerOf(given: GivenSignature): ((key: PersonKey) => boolean) | null {
  if (given.format === 'passkey')
    return (key) => key.type === 'passkey' && key.credentialId === given.credentialId;
  try {
    const { blob } = keyOfSshSignature(given.signature);
    return (key) => key.type === 'ssh' && key.publicKey.blob.equals(blob);
  } catch {
    return null;
  }
}

function proofOf(given: GivenSignature, by: Pick<Proof, 'person' | 'key'>): Proof {
  if (given.format === 'ssh') return { ...given, ...by };
  const { credentialId: _known, ...rest } = given;
  return { ...rest, ...by };
}
