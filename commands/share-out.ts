/** How one piece of work ended. `failed`: not here, perhaps elsewhere. `place-failed`: this place is asked for nothing more. */
type End = 'done' | 'failed' | 'place-failed';

interface Sharing<T> {
  /** Where a piece can be done. */
  placesOf(piece: T): readonly string[];
  take(place: string, piece: T): Promise<End>;
  /** Nothing more is begun. */
  isOver(): boolean;
}

/**
 * Does each piece once, the first ones first: all places work at once, each on one piece after another, on whatever is left that it
 * can do. A piece that failed in one place is tried in the others.
 */
export async function shareOut<T>(
  pieces: readonly T[],
  { placesOf, take, isOver }: Sharing<T>,
): Promise<void> {
  const left = pieces.map((piece) => ({ piece, places: new Set(placesOf(piece)) }));
  const failed = new Set<string>();

  const work = async (place: string): Promise<boolean> => {
    let hasWorked = false;
    for (;;) {
      const index = left.findIndex(({ places }) => places.has(place));
      const [mine] = index < 0 || isOver() || failed.has(place) ? [] : left.splice(index, 1);
      if (mine === undefined) return hasWorked;
      hasWorked = true;
      const end = await take(place, mine.piece);
      if (end === 'done') continue;
      mine.places.delete(place);
      if (end === 'place-failed') failed.add(place);
      left.splice(Math.min(index, left.length), 0, mine);
    }
  };
  // What failed late may find the places idle that could do it.
  for (let goesOn = true; goesOn; ) {
    const places = new Set(left.flatMap((one) => [...one.places]));
    goesOn = (await Promise.all([...places].map(work))).includes(true);
  }
}
