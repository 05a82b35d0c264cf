import { createPublicKey } from 'node:crypto';
import { expect, it } from 'vitest';
import { createSoftwarePasskey } from '../../src/drill/software-passkey.ts';
import { fingerprintWords as pageWords } from '../../src/sign-page/page/fingerprint.js';
import { fingerprintWords } from '../../src/signing/fingerprint.ts';

it('a key has the same words on the page that makes it and in the terminal that reads the roster', async () => {
  const spki = Uint8Array.from(Buffer.from(createSoftwarePasskey().publicKey, 'base64'));

  const words = fingerprintWords(createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }));

  expect(words.split(' ')).toEqual(await pageWords(spki));
});
