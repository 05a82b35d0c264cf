/** Where the values of a recorded TBinary struct lie, so that a change hits what a reader decides by. Nothing here comes from src. */

/** A value in the bytes. */
export interface Place {
  /** Its type byte. */
  readonly type: number;
  /** Of a field: where its header begins. Of an element: where it begins itself. */
  readonly from: number;
  /** Where the value begins. */
  readonly at: number;
  readonly end: number;
  readonly isField: boolean;
}

const sizes: Readonly<Record<number, number>> = { 2: 1, 3: 1, 4: 8, 6: 2, 8: 4, 10: 8 };

/** Every value of a struct, those within others too; as far as it can be read, for recordings may be odd. */
export function mapStruct(bytes: Buffer, start = 0): readonly Place[] {
  const places: Place[] = [];
  try {
    walk({ bytes, places }, { type: 12, at: start, depth: 0 });
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
  }
  return places;
}

interface Walk {
  readonly bytes: Buffer;
  readonly places: Place[];
}

function walk(into: Walk, value: { type: number; at: number; depth: number }): number {
  const { bytes } = into;
  const { type, at, depth } = value;
  if (depth > 40) throw new RangeError('deep');
  if (type === 12) {
    let next = at;
    for (let inner = bytes.readUInt8(next); inner !== 0; inner = bytes.readUInt8(next))
      next = note(into, { type: inner, from: next, at: next + 3, depth: depth + 1, isField: true });
    return next + 1;
  }
  if (type === 13 || type === 14 || type === 15) {
    const header = type === 13 ? 6 : 5;
    const types = type === 13 ? [bytes.readUInt8(at), bytes.readUInt8(at + 1)] : [bytes.readUInt8(at)];
    let next = at + header;
    for (let left = bytes.readInt32BE(at + header - 4); left > 0; left -= 1)
      for (const inner of types)
        next = note(into, { type: inner, from: next, at: next, depth: depth + 1, isField: false });
    return next;
  }
  const size = type === 11 ? 4 + bytes.readInt32BE(at) : sizes[type];
  if (size === undefined || size < 0 || at + size > bytes.length) throw new RangeError('odd');
  return at + size;
}

function note(into: Walk, value: Omit<Place, 'end'> & { depth: number }): number {
  const end = walk(into, value);
  const { type, from, at, isField } = value;
  into.places.push({ type, from, at, end, isField });
  return end;
}
