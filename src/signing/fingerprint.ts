import { createHash, type KeyObject } from 'node:crypto';
import type { PersonKey } from './roster.ts';

const consonants = 'bdfghjklmnprstvz';
const vowels = 'aiou';

/**
 * A key in six words that can be said on the telephone: the first 96 bits of the sha256 of its SPKI, 16 bits a word
 * (proquints, arXiv:0901.4016). The page that makes a passkey shows the same (`src/sign-page/page/fingerprint.js`).
 */
export function fingerprintWords(key: KeyObject): string {
  const hash = createHash('sha256')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest();
  return [0, 2, 4, 6, 8, 10].map((at) => wordOf(hash.readUInt16BE(at))).join(' ');
}

/** The same of a key of the roster, whatever its type. */
export function fingerprintOf(key: PersonKey): string {
  return fingerprintWords(key.type === 'ssh' ? key.publicKey.key : key.publicKey);
}

function wordOf(bits: number): string {
  const letters = [
    consonants[(bits >> 12) & 15],
    vowels[(bits >> 10) & 3],
    consonants[(bits >> 6) & 15],
    vowels[(bits >> 4) & 3],
    consonants[bits & 15],
  ];
  return letters.join('');
}
