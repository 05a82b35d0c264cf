/** Files that are no backup are named for what they are. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBackup } from '../../src/backups/decode-backup.ts';
import { ForeignFormat } from '../../src/backups/foreign-format.ts';
import { fixturePath, oddBackups } from './fixtures.ts';

const asEmpty = 'a scheduler stages it as an empty cluster, with OK';
const odd = (file: string): Buffer => readFileSync(fixturePath(`backups/odd/${file}`));

describe('what is not a backup', () => {
  it.each([
    ['gzip', odd('gzip'), `It is a gzip file; ${asEmpty}. What is packed in it may be a backup`],
    ['a Thrift message', odd('strict-message-header'), `It is wrapped in a Thrift message; ${asEmpty}.`],
    ['one zero byte', odd('only-stop'), `It is one zero byte; ${asEmpty}.`],
    ['zeros', Buffer.alloc(4_000), `It is nothing but zeros (4000 bytes); ${asEmpty}.`],
    ['JSON', odd('json-text'), 'It is text; a scheduler refuses such a file, or'],
    ['text that begins like a field', Buffer.from('\n\tété\r\n'.repeat(99)), 'It is text; '],
    ['text whose 512th byte is half a character', Buffer.from(`x${'é'.repeat(400)}`), 'It is text; '],
    ['nothing at all', odd('zero-length'), 'The file is empty; a scheduler refuses it.'],
    [
      'zip',
      Buffer.from('504b0304140000000800', 'hex'),
      'It is a zip file; a scheduler refuses such a file, or',
    ],
  ])('is named: %s', async (_, bytes, reason) => {
    const report = await decodeBackup([bytes]);

    expect(report.verdict).toBe('broken');
    expect(report.reasons).toEqual([expect.stringContaining(reason)]);
  });

  it('is said to be staged as empty only where a real scheduler did that', () => {
    const claims = oddBackups().filter(({ file }) => {
      const format = new ForeignFormat();
      format.see(odd(file));
      return format.explain()?.includes(asEmpty) === true;
    });

    expect(claims.map(({ file }) => file)).toEqual(['gzip', 'only-stop', 'strict-message-header']);
    for (const { realScheduler } of claims) {
      expect(realScheduler.stageRecovery).toMatchObject({ responseCode: 'OK' });
      expect(realScheduler.queryRecovery?.tasks).toBe(0);
    }
  });

  it('does not depend on how the bytes arrive, and keeps the reason of a broken backup', async () => {
    const bytes = odd('gzip');
    const cut = await decodeBackup([odd('cut-third')]);

    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 700 }), async (size) => {
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );

        expect((await decodeBackup(chunks)).reasons).toEqual((await decodeBackup([bytes])).reasons);
      }),
      { numRuns: 30, examples: [[1]] },
    );
    expect(cut.reasons).toEqual([expect.stringMatching(/^Truncated at [\d,]+ bytes/)]);
  });
});
