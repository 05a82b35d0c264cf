/** Changes to recorded bytes that keep most of them right, so that a reader gets far before it meets what is wrong. */
import type { Random } from '../random.ts';
import { mapStruct, type Place } from './thrift-map.ts';

/** Recorded bytes and, of TBinary, where the values lie in them. */
export interface Sample {
  readonly bytes: Buffer;
  readonly places: readonly Place[];
}

/** `structAt`: where its struct begins, of TBinary only. */
export function sampleOf(bytes: Buffer, structAt?: number): Sample {
  return { bytes, places: structAt === undefined ? [] : mapStruct(bytes, structAt) };
}

/** One to four changes to one of the samples; now and then random bytes instead. */
export function mutateSample(samples: readonly Sample[], random: Random): Buffer {
  if (random.chance(0.01)) return random.bytes(random.int(400));
  const sample = random.pick(samples);
  // Places are those of the unchanged bytes: the structural change comes first, and what has moved is hit by chance.
  let bytes =
    sample.places.length > 0 && random.chance(0.75) ? changeValue(sample, samples, random) : sample.bytes;
  for (let more = bytes === sample.bytes ? 1 + random.int(3) : random.int(8) - 5; more > 0; more -= 1)
    bytes = changeBytes(bytes, random);
  return bytes;
}

/** One change that knows nothing of what the bytes mean. */
export function changeBytes(bytes: Buffer, random: Random): Buffer {
  return random.pick(byteChanges)(bytes, random);
}

type Change = (bytes: Buffer, random: Random) => Buffer;

const telling = [
  0, 1, 2, 3, 4, 6, 8, 10, 11, 12, 13, 14, 15, 16, 31, 0x22, 0x5b, 0x7b, 0x7f, 0x80, 0xc0, 0xff,
];
const numbers = [
  0, 1, -1, 2, 4, 99, 127, 128, 255, 256, 65_535, 65_536, 0x7fff_ffff, -0x8000_0000, 1_000_000, 40_000_000,
];

const byteChanges: readonly Change[] = [
  (bytes, random) =>
    edited(bytes, (copy) => {
      const at = random.int(copy.length);
      copy.subarray(at, at + random.int(12)).fill(random.pick(telling));
    }),
  (bytes, random) =>
    edited(bytes, (copy) => {
      const at = random.int(copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << random.int(8));
    }),
  (bytes, random) =>
    edited(bytes, (copy) => {
      copy[random.int(copy.length)] = random.pick(telling);
    }),
  (bytes, random) =>
    edited(bytes, (copy) => {
      if (copy.length >= 4) copy.writeInt32BE(random.pick(numbers), random.int(copy.length - 3));
    }),
  (bytes, random) => bytes.subarray(0, random.int(bytes.length + 1)),
  (bytes, random) => {
    const at = random.int(bytes.length + 1);
    return spliced(bytes, { from: at, to: Math.min(bytes.length, at + random.int(40)), by: Buffer.alloc(0) });
  },
  (bytes, random) => {
    const at = random.int(bytes.length + 1);
    const from = random.int(bytes.length + 1);
    return spliced(bytes, { from: at, to: at, by: bytes.subarray(from, from + random.int(200)) });
  },
  (bytes, random) => {
    const at = random.int(bytes.length + 1);
    return spliced(bytes, { from: at, to: at, by: random.bytes(random.int(20)) });
  },
];

/** Does to one value of the struct what no writer does. */
function changeValue(sample: Sample, samples: readonly Sample[], random: Random): Buffer {
  const { bytes } = sample;
  const place = random.pick(sample.places);
  const { from, at, end, type } = place;
  switch (random.int(9)) {
    case 0:
      return spliced(bytes, { from, to: end, by: Buffer.alloc(0) });
    case 1:
      // Given twice, or one element more than was announced.
      return spliced(bytes, { from: end, to: end, by: bytes.subarray(from, end) });
    case 2:
      return edited(bytes, (copy) => {
        if (place.isField) copy[from] = random.pick(telling);
        else copy[at] = random.pick(telling);
      });
    case 3:
      return edited(bytes, (copy) => {
        if (place.isField)
          copy.writeInt16BE(random.chance(0.8) ? random.int(40) : random.int(65_536) - 32_768, from + 1);
      });
    case 4:
      return spliced(bytes, { from: at, to: end, by: emptyOf(type) });
    case 5: {
      const other = random.pick(samples);
      if (other.places.length === 0) return bytes;
      const alike = random.pick(other.places);
      return spliced(bytes, { from: at, to: end, by: other.bytes.subarray(alike.at, alike.end) });
    }
    case 6:
      return edited(bytes, (copy) => {
        // The length of a text, the count of elements, or a number.
        const lengthAt = type === 13 ? at + 2 : type === 14 || type === 15 ? at + 1 : at;
        if (lengthAt + 4 <= end) copy.writeInt32BE(random.pick(numbers), lengthAt);
      });
    case 7:
      return spliced(bytes, { from: at, to: end, by: textOf(random.pick(texts)) });
    default:
      return spliced(bytes, { from: at, to: end, by: nested(random) });
  }
}

const texts = [
  Buffer.from('\u00e9\u4e16\u{1f600}'),
  Buffer.from([0xff, 0xfe, 0x80]),
  Buffer.from('__proto__'),
  Buffer.from('toString'),
  Buffer.from('\ufffd'),
  Buffer.from('x'.repeat(3000)),
  Buffer.alloc(5),
  Buffer.from([0xed, 0xa0, 0x80]),
];

function textOf(text: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(text.length);
  return Buffer.concat([size, text]);
}

function emptyOf(type: number): Buffer {
  const sizesOfEmpty: Readonly<Record<number, number>> = {
    2: 1,
    3: 1,
    4: 8,
    6: 2,
    8: 4,
    10: 8,
    11: 4,
    12: 1,
    13: 6,
    14: 5,
    15: 5,
  };
  const bytes = Buffer.alloc(sizesOfEmpty[type] ?? 1);
  if (type === 13) bytes.fill(11, 0, 2);
  if (type === 14 || type === 15) bytes[0] = 12;
  return bytes;
}

/** Structs in structs, or lists in lists, deeper than any reader should follow. */
function nested(random: Random): Buffer {
  const depth = 1 + random.int(120);
  return random.chance(0.5)
    ? Buffer.concat([
        ...Array.from({ length: depth }, () => Buffer.of(12, 0, 1 + random.int(6))),
        Buffer.alloc(depth + 1),
      ])
    : Buffer.concat([...Array.from({ length: depth }, () => Buffer.of(15, 0, 0, 0, 1)), Buffer.alloc(5)]);
}

function edited(bytes: Buffer, edit: (copy: Buffer) => void): Buffer {
  if (bytes.length === 0) return bytes;
  const copy = Buffer.from(bytes);
  edit(copy);
  return copy;
}

function spliced(bytes: Buffer, { from, to, by }: { from: number; to: number; by: Buffer }): Buffer {
  return Buffer.concat([bytes.subarray(0, from), by, bytes.subarray(to)]);
}
