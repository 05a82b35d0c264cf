/** The bot's side of a grant: the private key never leaves the bot. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { canonicalJson } from '../aurora/canonical-json.ts';
import { AuroraError } from '../aurora/errors.ts';
import type { Grant, GrantPayload } from '../aurora/operations.ts';
import { publicKeyText } from './grants.ts';

interface BotKey {
  sign(payload: GrantPayload): Grant;
  /** What agents put into `trust.publicKeys`. */
  readonly publicKey: string;
}

/** From a PKCS#8 PEM; AuroraError `config-invalid` when it is not an Ed25519 private key. */
export function createGrantSigner(privateKeyPem: string): BotKey {
  const key = parsePrivateKey(privateKeyPem);
  return {
    publicKey: publicKeyText(createPublicKey(key)),
    sign: (payload) => ({
      payload,
      signature: sign(null, Buffer.from(canonicalJson(payload)), key).toString('base64'),
    }),
  };
}

/** A new pair: PKCS#8 PEM for the bot, base64 SPKI for the agents. */
export function generateGrantKeys(): { privateKeyPem: string; publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicKey: publicKeyText(publicKey),
  };
}

function parsePrivateKey(pem: string) {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // The same sentence for every defect; a private key's bytes do not belong into a message.
  }
  throw new AuroraError({
    code: 'config-invalid',
    message: "The bot's grant key is not an Ed25519 private key in PEM.",
    hint: 'Make a new pair and give its public key to every agent.',
  });
}
