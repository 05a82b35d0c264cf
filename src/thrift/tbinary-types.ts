import type { ThriftType } from './schema.ts';

/** TBinaryProtocol's type bytes (aurora.md 1.3). */
export const stop = 0;
export const typeBytes = {
  bool: 2,
  i8: 3,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  string: 11,
  binary: 11,
  struct: 12,
  map: 13,
  set: 14,
  list: 15,
} as const;

/** The type byte a value of `type` is written with. */
export function typeByte(type: ThriftType): number {
  if (typeof type === 'string') return typeBytes[type];
  if ('struct' in type) return typeBytes.struct;
  if ('map' in type) return typeBytes.map;
  return 'set' in type ? typeBytes.set : typeBytes.list;
}

/** The fewest bytes a value of this type byte takes; `null` for a byte that is no type. */
export function minimumSize(byte: number): number | null {
  return minimumSizes[byte] ?? null;
}

const minimumSizes: readonly (number | null)[] = [
  null, // stop
  null,
  1, // bool
  1, // i8
  8, // double
  null,
  2, // i16
  null,
  4, // i32
  null,
  8, // i64
  4, // string
  1, // struct: its stop byte
  6, // map: two types and a count
  5, // set
  5, // list
];
