import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBackup } from '../../src/backups/decode-backup.ts';
import { fixturePath } from './fixtures.ts';

const whole = readFileSync(fixturePath('backups/real/scheduler-backup-2026-11-23-16-20'));

test('a backup that is cut anywhere is broken', async () => {
  for (let length = 0; length < whole.length; length += 1) {
    const report = await decodeBackup([whole.subarray(0, length)]);

    expect(report).toMatchObject({ verdict: 'broken', complete: false, bytes: length });
  }
});

test('damaged bytes are judged, never thrown', async () => {
  const damage = fc.tuple(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }));

  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 5 }), async (changes) => {
      const damaged = Buffer.from(whole);
      for (const [at, flip] of changes) damaged[at] = (damaged[at] ?? 0) ^ flip;

      const report = await decodeBackup([damaged]);

      expect(report.bytes).toBe(whole.length);
      expect(report.verdict === 'ok').toBe(report.reasons.length === 0);
    }),
    { numRuns: 2_000 },
  );
});

test('random bytes are never ok', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (bytes) => {
      expect((await decodeBackup([bytes])).verdict).toBe('broken');
    }),
    { numRuns: 2_000 },
  );
});

test('the report does not depend on how the bytes arrive', async () => {
  const expected = await decodeBackup([whole]);

  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 999 }), async (size) => {
      const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, index) =>
        whole.subarray(index * size, (index + 1) * size),
      );

      expect(await decodeBackup(chunks)).toEqual(expected);
    }),
    { numRuns: 50, examples: [[1]] },
  );
});
