import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FingerprintSet } from '../../src/backups/fingerprint-set.ts';

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
