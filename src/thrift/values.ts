/** Narrowing of run-time values for the writers. Each throws TypeError: a value that does not fit is our own mistake. */

import type { StructValue, ThriftValue } from './schema.ts';

const limits = {
  i8: 0x7f,
  i16: 0x7fff,
  i32: 0x7fff_ffff,
  i64: Number.MAX_SAFE_INTEGER,
} as const;

/** A whole number within the type's range; for i64, within what a JS number holds exactly. */
export function integerOf(value: ThriftValue, type: keyof typeof limits): number {
  const limit = limits[type];
  if (typeof value !== 'number' || !Number.isInteger(value) || value > limit || value < -limit - 1)
    throw new TypeError(`not an ${type}: ${describe(value)}`);
  return value;
}

export function numberOf(value: ThriftValue): number {
  if (typeof value !== 'number') throw new TypeError(`not a double: ${describe(value)}`);
  return value;
}

export function booleanOf(value: ThriftValue): boolean {
  if (typeof value !== 'boolean') throw new TypeError(`not a bool: ${describe(value)}`);
  return value;
}

export function textOf(value: ThriftValue): string {
  if (typeof value !== 'string') throw new TypeError(`not a string: ${describe(value)}`);
  return value;
}

export function bytesOf(value: ThriftValue): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError(`not binary: ${describe(value)}`);
  return value;
}

export function listOf(value: ThriftValue): readonly ThriftValue[] {
  if (!isList(value)) throw new TypeError(`not a list or set: ${describe(value)}`);
  return value;
}

export function structOf(value: ThriftValue): StructValue {
  if (typeof value !== 'object' || isList(value) || value instanceof Uint8Array)
    throw new TypeError(`not a struct: ${describe(value)}`);
  return value;
}

/** The entries of a map, those without a value left out. */
export function entriesOf(value: ThriftValue): readonly (readonly [string, ThriftValue])[] {
  return Object.entries(structOf(value)).filter(
    (entry): entry is [string, ThriftValue] => entry[1] !== undefined,
  );
}

function isList(value: ThriftValue): value is readonly ThriftValue[] {
  return Array.isArray(value);
}

function describe(value: ThriftValue): string {
  return typeof value === 'object' ? Object.prototype.toString.call(value) : `${typeof value} ${value}`;
}
