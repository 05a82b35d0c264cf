import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { decodeBackup } from '../../src/backups/decode-backup.ts';
import { createDecodingThread, readFrom } from '../../src/backups/decoding-thread.ts';
import { inspectBackup } from '../../src/backups/inspect-backup.ts';
import { fixturePath, oddBackups, wholeBackups } from './fixtures.ts';
import { largeBackup } from './large-backup.ts';

const recorded = readFileSync(fixturePath('backups/real/scheduler-backup-2026-11-23-16-38'));
const large = Buffer.concat([...largeBackup(recorded, 2_000)]);

const thread = createDecodingThread({ niceness: 10 });
afterEach(() => thread.close());

describe('a decoding thread', () => {
  test('says of every recorded file what decoding it in place says', async () => {
    const files = [
      ...wholeBackups().map(([path]) => path),
      ...oddBackups().map(({ file }) => `backups/odd/${file}`),
    ];

    for (const file of files) {
      const path = fixturePath(file);
      expect(await inspectBackup(path, { thread })).toEqual(await inspectBackup(path));
    }
  });

  test.each([
    ['whole', large],
    ['cut', large.subarray(0, -1)],
    ['as long as one piece', large.subarray(0, 256 * 1024)],
    ['as long as ten', large.subarray(0, 2_560 * 1024)],
    ['damaged in its middle', Buffer.from(large).fill(0x63, 1_000_000, 1_000_100)],
  ])('the same of a large file that is %s', async (_name, bytes) => {
    expect(await thread.inspect(readFrom([bytes]))).toEqual(await decodeBackup([bytes]));
  });

  test('two files that are asked for at once are decoded one after the other', async () => {
    const cut = large.subarray(0, 1_000_000);

    const reports = await Promise.all([large, cut, large].map((bytes) => thread.inspect(readFrom([bytes]))));

    expect(reports).toEqual(await Promise.all([large, cut, large].map((bytes) => decodeBackup([bytes]))));
  });

  test('leaves the bytes with whoever brought them', async () => {
    const bytes = Buffer.from(large);

    await thread.inspect(readFrom([bytes]));

    expect(bytes.equals(large)).toBe(true);
  });

  test('tells how far it has read', async () => {
    const told: number[] = [];

    await thread.inspect(readFrom([large]), { onBytes: (bytes) => told.push(bytes) });

    expect(told.at(-1)).toBe(large.length);
    expect(told).toEqual([...told].sort((a, b) => a - b));
  });
});

describe('a decoding thread that cannot go on', () => {
  /** Bytes without an end; after some, `act` happens. */
  async function* endless(act: () => void): AsyncGenerator<Uint8Array> {
    yield large.subarray(0, 1_000_000);
    act();
    for (;;) yield Buffer.alloc(100_000);
  }

  test('is ended by whoever goes away, and the next file gets another one', async () => {
    const gone = new AbortController();

    const inspecting = thread.inspect(readFrom(endless(() => gone.abort())), { signal: gone.signal });

    await expect(inspecting).rejects.toMatchObject({ name: 'AbortError' });
    expect(await thread.inspect(readFrom([large]))).toMatchObject({ tasks: { total: 2_000 } });
  });

  test('that ends is an error for people, and the next file gets another one', async () => {
    const inspecting = thread.inspect(readFrom(endless(() => void thread.close())));

    await expect(inspecting).rejects.toMatchObject({ code: 'decoding-failed' });
    expect(await thread.inspect(readFrom([large]))).toMatchObject({ tasks: { total: 2_000 } });
  });

  test('passes on what reading throws', async () => {
    const inspecting = thread.inspect(
      readFrom(
        endless(() => {
          throw new RangeError('mine');
        }),
      ),
    );

    await expect(inspecting).rejects.toThrow(RangeError);
    expect(await thread.inspect(readFrom([large]))).toMatchObject({ tasks: { total: 2_000 } });
  });
});

test('a value of millions of empty elements is refused before they are made', async () => {
  // An update whose initial state is 20 million instances of one byte each.
  const instances = Buffer.alloc(20_000_000);
  const head = Buffer.from([
    14, 0, 10, 12, 0, 0, 0, 1, 12, 0, 1, 12, 0, 1, 12, 0, 2, 14, 0, 1, 12, 0, 0, 0, 0,
  ]);
  head.writeInt32BE(instances.length, head.length - 4);

  const report = await decodeBackup([Buffer.concat([head, instances, Buffer.alloc(5)])]);

  expect(report.verdict).toBe('broken');
  expect(report.reasons.join(' ')).toContain('more than 250000 elements in one value');
});
