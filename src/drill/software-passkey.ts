/** A passkey without a device, for drills and tests: it answers as an authenticator does that has verified its user. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { challengeOf, type Proof, type Statement } from '../aurora/statement.ts';

type PasskeyAlgorithm = 'ES256' | 'EdDSA' | 'RS256';

export interface SoftwarePasskey {
  /** Base64url. */
  readonly credentialId: string;
  /** Base64 SPKI, as a roster has it. */
  readonly publicKey: string;
  sign(statement: Statement, as: Signing): Extract<Proof, { format: 'passkey' }>;
}

interface Signing {
  /** `team:user`. */
  readonly person: string;
  /** The key's name in the roster. */
  readonly key: string;
  readonly relyingParty: string;
  readonly origin: string;
  /** User present and verified unless it is said. */
  readonly flags?: number;
}

/** A new key pair that lives in this process alone. */
export function createSoftwarePasskey(algorithm: PasskeyAlgorithm = 'ES256'): SoftwarePasskey {
  const { privateKey, publicKey } = newPair(algorithm);
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return {
    credentialId: createHash('sha256').update(spki).digest('base64url'),
    publicKey: spki.toString('base64'),
    sign: (statement, { person, key, relyingParty, origin, flags = 0x05 }) => {
      const clientData = Buffer.from(
        JSON.stringify({
          type: 'webauthn.get',
          challenge: challengeOf(statement).toString('base64url'),
          origin,
          crossOrigin: false,
        }),
      );
      const counter = Buffer.alloc(4);
      const authenticatorData = Buffer.concat([
        createHash('sha256').update(relyingParty).digest(),
        Buffer.from([flags]),
        counter,
      ]);
      const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientData).digest()]);
      return {
        format: 'passkey',
        person,
        key,
        authenticatorData: authenticatorData.toString('base64url'),
        clientDataJson: clientData.toString('base64url'),
        signature: sign(algorithm === 'EdDSA' ? null : 'sha256', signed, privateKey).toString('base64url'),
      };
    },
  };
}

function newPair(algorithm: PasskeyAlgorithm): { privateKey: KeyObject; publicKey: KeyObject } {
  switch (algorithm) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'EdDSA':
      return generateKeyPairSync('ed25519');
    case 'RS256':
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
  }
}
