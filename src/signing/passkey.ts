/**
 * Passkeys, verified off-line (Web Authentication level 3, 7.2). What the relying party has to check and what is left
 * out: signature counters, because a statement's challenge makes a signature good for that statement alone; and
 * attestation, because the roster says which key is whose.
 */
import { createHash, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';
import type { Proof } from '../aurora/statement.ts';

/** `authenticatorData`: 32 bytes hash of the relying party, one of flags, four of counter, then extensions. */
const flagsAt = 32;
const shortest = 37;
const userPresent = 0x01;
const userVerified = 0x04;

const clientData = z.looseObject({
  type: z.string(),
  challenge: z.string(),
  origin: z.string(),
  crossOrigin: z.boolean().optional(),
});

interface Expected {
  readonly challenge: Buffer;
  readonly relyingParty: { readonly id: string; readonly origins: readonly string[] };
}

/** Throws an Error whose message is a clause that says why it is no signature of this key over this challenge. */
export function verifyPasskey(
  proof: Extract<Proof, { format: 'passkey' }>,
  key: KeyObject,
  { challenge, relyingParty }: Expected,
): void {
  const authenticatorData = Buffer.from(proof.authenticatorData, 'base64');
  const clientDataBytes = Buffer.from(proof.clientDataJson, 'base64');
  const { type, origin, crossOrigin, ...data } = parseClientData(clientDataBytes);
  if (type !== 'webauthn.get') throw new Error('it was made to register a key, not to sign');
  if (data.challenge !== challenge.toString('base64url')) throw new Error('it signs another statement');
  if (!relyingParty.origins.includes(origin))
    throw new Error(`it was made on ${JSON.stringify(origin.slice(0, 200))}, which the roster does not name`);
  if (crossOrigin === true) throw new Error('it was made inside a page of somebody else');
  if (authenticatorData.length < shortest) throw new Error('its authenticator data is truncated');
  const party = createHash('sha256').update(relyingParty.id).digest();
  if (!authenticatorData.subarray(0, flagsAt).equals(party))
    throw new Error(`it is for another relying party than ${relyingParty.id}`);
  const flags = authenticatorData[flagsAt] ?? 0;
  if ((flags & userPresent) === 0) throw new Error('nobody touched the authenticator');
  if ((flags & userVerified) === 0) throw new Error('the authenticator did not verify who touched it');
  const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientDataBytes).digest()]);
  const signature = Buffer.from(proof.signature, 'base64');
  // Ed25519 has its hash inside; RS256 is PKCS #1 v1.5, and ES256 is DER: `verify` takes both as they are.
  const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  if (!verify(hash, signed, key, signature)) throw new Error('its signature is wrong');
}

function parseClientData(bytes: Buffer): z.infer<typeof clientData> {
  try {
    return clientData.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    throw new Error('its client data is not what a browser writes');
  }
}
