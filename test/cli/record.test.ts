import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { verifyRecord } from '../../src/cli/record.ts';
import { chainHash } from '../../src/store/journal.ts';

function exported(count: number): string[] {
  let previous = '';
  return Array.from({ length: count }, (_, index) => {
    const record = { restoreId: 'R1', seq: index + 1, at: 1000 + index, event: { type: 'noted', n: index } };
    previous = chainHash(previous, record);
    return JSON.stringify({ ...record, hash: previous });
  });
}

const verify = (lines: readonly string[]) => verifyRecord(Readable.from([lines.join('\n')]));

describe('verifyRecord()', () => {
  it('answers the record hash of a whole record', async () => {
    const lines = exported(5);

    const verdict = await verify(lines);

    expect(verdict).toMatchObject({ restoreId: 'R1', events: 5 });
    expect(lines[4]).toContain(verdict.recordHash);
  });

  it.each([
    ['an edited event', (lines: string[]) => lines.map((line) => line.replace('"n":2', '"n":3')), 'Line 3'],
    ['a missing event', (lines: string[]) => lines.filter((_, index) => index !== 1), 'Line 2'],
    [
      'two that changed places',
      (lines: string[]) => [lines[1] ?? '', lines[0] ?? '', ...lines.slice(2)],
      'Line 1',
    ],
    ['a line that is none', (lines: string[]) => [...lines, '{'], 'Line 6'],
    ['an empty file', () => [], 'Line 1'],
  ])('finds %s', async (_what, tamper, sentence) => {
    await expect(verify(tamper(exported(5)))).rejects.toThrow(sentence);
  });
});
