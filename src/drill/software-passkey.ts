/** A passkey without a device, for drills and tests: it answers as an authenticator does that has verified its user. */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { challengeOf, type Proof, type Statement } from '../aurora/statement.ts';

type PasskeyAlgorithm = 'ES256' | 'EdDSA' | 'RS256';

export interface SoftwarePasskey {
  /** Base64url. */
  readonly credentialId: string;
  /** Base64 SPKI, as a roster has it. */
  readonly publicKey: string;
  /** Base64 PKCS #8, as a virtual authenticator takes it. */
  readonly privateKey: string;
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
  return openSoftwarePasskey(newPrivateKey(algorithm));
}

/** The passkey that has this private key. */
export function openSoftwarePasskey(privateKey: KeyObject): SoftwarePasskey {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    credentialId: createHash('sha256').update(spki).digest('base64url'),
    publicKey: spki.toString('base64'),
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
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
        signature: sign(hashOf(privateKey), signed, privateKey).toString('base64url'),
      };
    },
  };
}

function hashOf({ asymmetricKeyType }: KeyObject): 'sha256' | null {
  return asymmetricKeyType === 'ed25519' ? null : 'sha256';
}

function newPrivateKey(algorithm: PasskeyAlgorithm): KeyObject {
  switch (algorithm) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    case 'EdDSA':
      return generateKeyPairSync('ed25519').privateKey;
    case 'RS256':
      return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  }
}
