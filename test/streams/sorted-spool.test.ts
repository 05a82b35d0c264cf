import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keptAsJson, SortedSpool } from '../../src/streams/sorted-spool.ts';
import { wholeList } from '../support/whole-list.ts';

interface Entry {
  readonly id: string;
  readonly nth: number;
}

const kept = keptAsJson<Entry>(({ id }) => id);
/** As JavaScript compares, and otherwise as they came. */
const inOrder = (entries: readonly Entry[]) =>
  entries.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

describe('a sorted spool', () => {
  it('has everything in order, those of one key as they came, whatever was read how often', async () => {
    const ids = fc.array(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a', 'a-b', 'a"', '\ue000')),
    );
    const memory = fc.constantFrom(0, 100, 10_000);
    await fc.assert(
      fc.asyncProperty(ids, memory, async (given, bytes) => {
        const entries = given.map((id, nth) => ({ id, nth }));
        const spool = await SortedSpool.from(kept, entries, { batch: 5, piece: 2, memory: bytes });

        expect(spool.size).toBe(entries.length);
        expect(await wholeList(spool)).toEqual(inOrder(entries));
        expect(await wholeList(spool)).toEqual(inOrder(entries));
        expect(await wholeList(spool.drain())).toEqual(inOrder(entries));
      }),
    );
  });

  it('is empty once it was drained', async () => {
    const spool = await SortedSpool.from(kept, [{ id: 'a', nth: 0 }]);
    await wholeList(spool.drain());

    expect(await wholeList(spool)).toEqual([]);
  });

  it('lets others run while it is read and filled', async () => {
    let turns = 0;
    const counting = setInterval(() => {
      turns += 1;
    }, 0);
    const entries = Array.from({ length: 40_000 }, (_, nth) => ({ id: `${(nth * 7_919) % 40_000}`, nth }));

    const spool = await SortedSpool.from(kept, entries);
    const whileFilled = turns;
    let last = '';
    for await (const { id } of spool) {
      expect(id >= last).toBe(true);
      last = id;
    }
    clearInterval(counting);

    expect(whileFilled).toBeGreaterThan(10);
    expect(turns).toBeGreaterThan(whileFilled + 10);
  });
});
