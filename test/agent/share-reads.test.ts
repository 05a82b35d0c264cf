import { describe, expect, test } from 'vitest';
import { shareReads } from '../../src/agent/share-reads.ts';

/** Reads that end when the test says so, numbered in the order in which they began. */
const heldReads = () => {
  const begun: { resolve(value: number): void; reject(error: Error): void }[] = [];
  const read = shareReads(() => new Promise<number>((resolve, reject) => begun.push({ resolve, reject })));
  const end = (index: number): void => begun[index]?.resolve(index);
  return { begun, read, end };
};

describe('shareReads()', () => {
  test('gives everybody what was read after they had asked', async () => {
    const { begun, read, end } = heldReads();
    const first = read();
    const meanwhile = [read(), read(), read()];

    end(0);
    await first;
    await Promise.resolve();
    const late = read();
    end(1);
    await Promise.all(meanwhile);
    end(2);

    expect(await first).toBe(0);
    expect(await Promise.all(meanwhile)).toEqual([1, 1, 1]);
    expect(await late).toBe(2);
    expect(begun).toHaveLength(3);
  });

  test('reads anew after a failure, also for those who waited behind it', async () => {
    const { begun, read, end } = heldReads();
    const first = read();
    const waiting = read();

    begun[0]?.reject(new Error('no'));
    await expect(first).rejects.toThrow('no');
    await new Promise((resolve) => setImmediate(resolve));
    end(1);

    expect(await waiting).toBe(1);
  });
});
