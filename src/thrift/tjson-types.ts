import type { ThriftType } from './schema.ts';

/** TJSONProtocol's tag of a type (aurora.md 1.2). */
export function tagOf(type: ThriftType): string {
  if (typeof type === 'string') return scalarTags[type];
  if ('struct' in type) return 'rec';
  if ('map' in type) return 'map';
  return 'set' in type ? 'set' : 'lst';
}

const scalarTags = {
  bool: 'tf',
  i8: 'i8',
  i16: 'i16',
  i32: 'i32',
  i64: 'i64',
  double: 'dbl',
  string: 'str',
  binary: 'str',
} as const;

/** The protocol version every message starts with. */
export const version = 1;
