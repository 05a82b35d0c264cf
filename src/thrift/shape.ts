/**
 * Looks whether a struct has what its reader will ask for, without building values: most bytes are passed over, and
 * nothing is allocated for a struct that has everything. What is asked for is data, so that the rules read as a table.
 */
import { type Cursor, i32, skipValue, tooDeep, u8, underrun } from './cursor.ts';
import { maxDepth, type StructSchema, type ThriftType } from './schema.ts';
import { stop, typeByte, typeBytes } from './tbinary-types.ts';

/** What must be true of a field. */
interface FieldRule {
  /** `present`: written at all. `filled`: and not empty (text, lists, sets). */
  readonly need?: 'present' | 'filled';
  /** It is needed, and one of these: any other number of an enum is to Java as if nothing were written. */
  readonly known?: readonly number[];
  /** A noun without an article, for people; the field's own name when absent. */
  readonly called?: string;
  /** Of a struct, or of each struct in a list or set. */
  readonly shape?: Shape;
}

/** What must be true of a struct; a field of another type than its rule's counts as not there, as for a scheduler. */
export interface Shape {
  /** A noun without an article, for people: `container`. */
  readonly name: string;
  /** By field id. */
  readonly fields: readonly (CompiledField | undefined)[];
  readonly needed: readonly CompiledField[];
  /** All bits of `needed`. */
  readonly mask: number;
  readonly isUnion: boolean;
}

/** All of them have all parts, in this order: what reads a million of them is twice as fast when they are alike. */
interface CompiledField {
  readonly id: number;
  readonly name: string;
  readonly byte: number;
  readonly elementByte: number;
  /** Zero when it may be missing. */
  readonly bit: number;
  readonly isFilled: boolean;
  readonly known: readonly number[] | null;
  readonly shape: Shape | null;
}

/** What is not as it must be: where, counted from the struct (`.1.4.32[0]`), and a phrase such as `no configuration`. */
export interface Misfit {
  path: string;
  readonly what: string;
}

/** The shape of a struct by its schema: rules by field name, fields without one are passed over. `name` is for people. */
export function shapeOf<S extends StructSchema>(
  name: string,
  schema: S,
  rules: { readonly [field in keyof S['table']]?: FieldRule },
): Shape {
  return compile(name, schema, { rules, isUnion: false });
}

/** The shape of a union: exactly one of its members, and whatever is asked of that one. */
export function unionOf<S extends StructSchema>(
  name: string,
  schema: S,
  rules: { readonly [field in keyof S['table']]?: FieldRule } = {},
): Shape {
  const members = Object.fromEntries(schema.fields.map((field) => [field.name, {}]));
  return compile(name, schema, { rules: { ...members, ...rules }, isUnion: true });
}

function compile(
  name: string,
  schema: StructSchema,
  { rules, isUnion }: { rules: Readonly<Record<string, FieldRule | undefined>>; isUnion: boolean },
): Shape {
  let bits = 0;
  const fields: (CompiledField | undefined)[] = [];
  for (const field of schema.fields) {
    const rule = rules[field.name];
    if (rule === undefined) continue;
    fields[field.id] = {
      id: field.id,
      name: rule.called ?? field.name,
      byte: typeByte(field.type),
      elementByte: elementByteOf(field.type),
      bit: rule.need === undefined && rule.known === undefined ? 0 : 1 << bits++,
      isFilled: rule.need === 'filled',
      known: rule.known ?? null,
      shape: rule.shape ?? null,
    };
  }
  const needed = fields.filter((field) => field !== undefined && field.bit !== 0) as CompiledField[];
  const mask = needed.reduce((all, { bit }) => all | bit, 0);
  return { name, fields, needed, mask, isUnion };
}

/** Reads one struct and adds what is wrong with it to `found`. Throws as the cursor does; then `found` counts for nothing. */
export function checkShape(cursor: Cursor, shape: Shape, found: Misfit[], depth: number): void {
  if (depth > maxDepth) throw tooDeep();
  let seen = 0;
  let members = 0;
  let strangers = 0;
  for (let byte = cursor.u8(); byte !== stop; byte = cursor.u8()) {
    const field = shape.fields[cursor.i16()];
    members += 1;
    if (field === undefined || field.byte !== byte) {
      strangers += 1;
      cursor.skip(byte, depth + 1);
    } else if (checkField(cursor, field, found, depth + 1)) {
      seen |= field.bit;
    }
  }
  // Java reads a union as one member and one stop byte: with none or two of them, all that follows is read out of step.
  if (shape.isUnion && (members !== 1 || strangers > 0))
    found.push({ path: '', what: `a ${shape.name} ${members > 1 ? 'with two values' : 'without a value'}` });
  if ((seen & shape.mask) === shape.mask) return;
  for (const { id, bit, name } of shape.needed)
    if ((seen & bit) === 0) found.push({ path: `.${id}`, what: `no ${name}` });
}

/** Whether what is there counts as there. */
function checkField(cursor: Cursor, field: CompiledField, found: Misfit[], depth: number): boolean {
  const { byte, isFilled, known, shape } = field;
  if (known !== null) return known.includes(cursor.i32());
  if (byte === typeBytes.string) {
    const size = cursor.size();
    cursor.advance(size);
    return !isFilled || size > 0;
  }
  if (byte === typeBytes.set || byte === typeBytes.list) {
    const count = checkElements(cursor, field, found, depth);
    return !isFilled || count > 0;
  }
  if (byte === typeBytes.struct && shape !== null) {
    const before = found.length;
    checkShape(cursor, shape, found, depth);
    if (found.length > before) placeAt(found, before, `.${field.id}`);
  } else {
    cursor.skip(byte, depth);
  }
  return true;
}

function checkElements(cursor: Cursor, field: CompiledField, found: Misfit[], depth: number): number {
  const { shape, elementByte } = field;
  const byte = cursor.u8();
  const count = cursor.count(byte);
  for (let index = 0; index < count; index += 1)
    if (shape === null || byte !== elementByte) {
      cursor.skip(byte, depth + 1);
    } else {
      const before = found.length;
      checkShape(cursor, shape, found, depth + 1);
      if (found.length > before) placeAt(found, before, `.${field.id}[${index}]`);
    }
  return count;
}

/** Paths are made on the way up and only where there is something to say: nothing is allocated for a struct that fits. */
function placeAt(found: Misfit[], from: number, place: string): void {
  for (const misfit of found.slice(from)) misfit.path = place + misfit.path;
}

/**
 * The position behind a struct in which nothing is missing; -1 when `checkShape` has to look: something may be wrong with it. Throws as `skipValue` does. It is the same table, read over the bare bytes.
 */
function passFitting(bytes: Buffer, start: number, end: number, shape: Shape, depth: number): number {
  if (depth > maxDepth) return -1;
  const { fields } = shape;
  let at = start;
  let seen = 0;
  let members = 0;
  for (;;) {
    if (at >= end) throw underrun;
    const byte = u8(bytes, at);
    if (byte === stop) break;
    if (at + 3 > end) throw underrun;
    const id = (u8(bytes, at + 1) << 8) | u8(bytes, at + 2);
    const field = id < fields.length ? fields[id] : undefined;
    members += 1;
    if (field !== undefined && field.byte === byte) {
      at = passField(bytes, at + 3, end, field, depth + 1);
      if (at < 0) return -1;
      seen |= field.bit;
    } else if (shape.isUnion) return -1;
    else at = skipValue(bytes, at + 3, end, byte, depth + 1);
  }
  if (shape.isUnion && members !== 1) return -1;
  return (seen & shape.mask) === shape.mask ? at + 1 : -1;
}

/** The same of one field of that shape, behind its header; its type must be that of the table. */
export function passField(
  bytes: Buffer,
  at: number,
  end: number,
  field: CompiledField,
  depth: number,
): number {
  const { byte, isFilled, known, shape } = field;
  // Behind the bytes nothing is read, not even to be passed over: V8 makes all reading slower from then on.
  if (at + 5 > end) return skipValue(bytes, at, end, byte, depth);
  if (known !== null && !known.includes(i32(bytes, at))) return -1;
  if (byte === typeBytes.string && isFilled && i32(bytes, at) === 0) return -1;
  if (byte === typeBytes.struct && shape !== null) return passFitting(bytes, at, end, shape, depth);
  if (byte !== typeBytes.set && byte !== typeBytes.list) return skipValue(bytes, at, end, byte, depth);
  const count = i32(bytes, at + 1);
  if (isFilled && count === 0) return -1;
  if (shape === null || count <= 0) return skipValue(bytes, at, end, byte, depth);
  if (u8(bytes, at) !== field.elementByte) return -1;
  let next = at + 5;
  for (let index = 0; index < count && next >= 0; index += 1)
    next = passFitting(bytes, next, end, shape, depth + 1);
  return next;
}

function elementByteOf(type: ThriftType): number {
  if (typeof type === 'string') return 0;
  if ('set' in type) return typeByte(type.set);
  return 'list' in type ? typeByte(type.list) : 0;
}
