import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fingerprint, FingerprintSet, isAscii } from '../../src/backups/fingerprint-set.ts';

test('counts distinct texts and tells when one comes again', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 })), (texts) => {
      const set = new FingerprintSet();
      const known = new Set<string>();

      for (const text of texts) {
        expect(set.add(text)).toBe(!known.has(text));
        known.add(text);
      }

      expect(set.size).toBe(known.size);
    }),
  );
});

test('two hundred thousand task ids are all told apart', () => {
  const set = new FingerprintSet();

  for (let index = 0; index < 200_000; index += 1) set.add(`www-prod-web-${index}-6a919d6e-bacf`);

  expect(set.size).toBe(200_000);
});

test('texts in parts are told apart by where one ends', () => {
  const set = new FingerprintSet();
  const add = (...parts: string[]): boolean => {
    const fingerprint = new Fingerprint().begin();
    for (const part of parts) fingerprint.text(part);
    return set.addFingerprint(fingerprint);
  };

  expect([add('abcd', 'efgh'), add('abcdefgh'), add('abc', 'defgh'), add('abcdefgh', '')]).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(add('abcd', 'efgh')).toBe(false);
});

test('any byte that is not ASCII is noticed, wherever it lies', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), fc.nat(3), fc.nat(3), (array, before, behind) => {
      const bytes = Buffer.from([...Array(before).fill(0xff), ...array, ...Array(behind).fill(0xff)]);
      const expected = array.every((byte) => byte < 0x80);

      expect(isAscii(bytes, before, array.length)).toBe(expected);
      expect(new Fingerprint().begin().bytes(bytes, before, array.length).isAscii).toBe(expected);
    }),
  );
});
