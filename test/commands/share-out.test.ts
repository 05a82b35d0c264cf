import { describe, expect, it } from 'vitest';
import { shareOut } from '../../commands/share-out.ts';

interface Piece {
  readonly name: number;
  readonly places: readonly string[];
}
const everywhere = (many: number, places: readonly string[]): Piece[] =>
  Array.from({ length: many }, (_, name) => ({ name, places }));
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Where each piece was taken, in the order in which it began. */
async function share(
  pieces: readonly Piece[],
  end: (place: string, name: number) => 'done' | 'failed' | 'place-failed' = () => 'done',
  isOver: (begun: number) => boolean = () => false,
): Promise<{ taken: (readonly [string, number])[]; most: number }> {
  const taken: (readonly [string, number])[] = [];
  const busy = new Set<string>();
  let most = 0;
  await shareOut(pieces, {
    placesOf: ({ places }) => places,
    isOver: () => isOver(taken.length),
    take: async (place, { name }) => {
      if (busy.has(place)) throw new Error(`${place} does two at once`);
      busy.add(place);
      most = Math.max(most, busy.size);
      taken.push([place, name]);
      await turn();
      busy.delete(place);
      return end(place, name);
    },
  });
  return { taken, most };
}

describe('shareOut()', () => {
  it('spreads what can be done everywhere over all places, the first ones first', async () => {
    const { taken, most } = await share(everywhere(6, ['a', 'b', 'c']));

    expect(taken.map(([, name]) => name)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(['a', 'b', 'c'].map((place) => taken.filter(([at]) => at === place).length)).toEqual([2, 2, 2]);
    expect(most).toBe(3);
  });

  it('does what one place alone has there, and the others meanwhile elsewhere', async () => {
    const pieces = [...everywhere(2, ['a']), { name: 2, places: ['a', 'b'] }];

    const { taken } = await share(pieces);

    expect(taken.toSorted(([, one], [, two]) => one - two)).toEqual([
      ['a', 0],
      ['a', 1],
      ['b', 2],
    ]);
  });

  it('tries a piece that failed in one place in the others, once each', async () => {
    const { taken } = await share(everywhere(1, ['a', 'b', 'c']), () => 'failed');

    expect(taken.map(([place]) => place).sort()).toEqual(['a', 'b', 'c']);
  });

  it('asks a place that failed for nothing more, and has its pieces done elsewhere, also when it failed last', async () => {
    const pieces = [...everywhere(3, ['a', 'b']), { name: 3, places: ['a'] }];

    const { taken } = await share(pieces, (place) => (place === 'a' ? 'place-failed' : 'done'));

    expect(taken.filter(([place]) => place === 'a')).toHaveLength(1);
    expect(new Set(taken.filter(([place]) => place === 'b').map(([, name]) => name))).toEqual(
      new Set([0, 1, 2]),
    );
  });

  it('begins nothing more when it is over', async () => {
    const { taken } = await share(everywhere(9, ['a', 'b']), undefined, (begun) => begun >= 2);

    expect(taken).toHaveLength(2);
  });
});
