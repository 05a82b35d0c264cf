/** A key's fingerprint in words that can be said over a telephone: proquints (arXiv:0901.4016), 16 bits each. */

const consonants = 'bdfghjklmnprstvz';
const vowels = 'aiou';
const wordsShown = 6;

/** Six words of the sha256 of the key's SPKI bytes: 96 bits. */
export async function fingerprintWords(spki) {
  const hash = new DataView(await crypto.subtle.digest('SHA-256', spki));
  return Array.from({ length: wordsShown }, (_, index) => proquint(hash.getUint16(index * 2)));
}

/** Sixteen bits as a word. */
export function proquint(bits) {
  return (
    consonants[bits >> 12] +
    vowels[(bits >> 10) & 3] +
    consonants[(bits >> 6) & 15] +
    vowels[(bits >> 4) & 3] +
    consonants[bits & 15]
  );
}
