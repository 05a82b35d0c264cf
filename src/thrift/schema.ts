/**
 * Thrift types as data. One description of a struct drives both protocols and the TypeScript type of its values, so
 * the ids of Aurora's interface files are written down once.
 *
 * Values are plain objects by field name. Sets and lists are arrays; maps are objects whose keys are text (a number
 * key becomes its digits). Every field may be absent: Aurora declares nothing `required` (aurora.md 3).
 */

export type ScalarType = 'bool' | 'i8' | 'i16' | 'i32' | 'i64' | 'double' | 'string' | 'binary';

/** What a map may be keyed by: Aurora uses text only, integers are cheap to keep. */
export type MapKeyType = 'i8' | 'i16' | 'i32' | 'i64' | 'string';

export type ThriftType =
  | ScalarType
  | { readonly struct: StructSchema }
  | { readonly list: ThriftType }
  | { readonly set: ThriftType }
  | { readonly map: readonly [MapKeyType, ThriftType] };

/** Field name → id and type. */
export type FieldTable = Readonly<Record<string, readonly [id: number, type: ThriftType]>>;

export interface Field {
  readonly id: number;
  readonly name: string;
  readonly type: ThriftType;
}

/** A struct, a union (exactly one field is set), or a method's arguments. */
export interface StructSchema<F extends FieldTable = FieldTable> {
  readonly name: string;
  readonly table: F;
  /** In ascending id: the order in which writers write. */
  readonly fields: readonly Field[];
  readonly fieldById: ReadonlyMap<number, Field>;
}

/** A value whose schema is known at run time only. */
export type ThriftValue =
  | boolean
  | number
  | string
  | Uint8Array
  | readonly ThriftValue[]
  | { readonly [name: string]: ThriftValue | undefined };

/** A struct value whose schema is known at run time only. */
export type StructValue = { readonly [field: string]: ThriftValue | undefined };

/** The TypeScript type of a value of a Thrift type. */
type ValueOf<T> = T extends ScalarType
  ? ScalarValues[T]
  : T extends { readonly struct: StructSchema<infer F> }
    ? FieldValues<F>
    : T extends { readonly list: infer E extends ThriftType }
      ? readonly ValueOf<E>[]
      : T extends { readonly set: infer E extends ThriftType }
        ? readonly ValueOf<E>[]
        : T extends { readonly map: readonly [MapKeyType, infer V] }
          ? Readonly<Record<string, ValueOf<V>>>
          : never;

interface ScalarValues {
  readonly bool: boolean;
  readonly i8: number;
  readonly i16: number;
  readonly i32: number;
  readonly i64: number;
  readonly double: number;
  readonly string: string;
  readonly binary: Uint8Array;
}

type FieldValues<F extends FieldTable> = { readonly [K in keyof F]?: ValueOf<F[K][1]> | undefined };

/** The TypeScript type of a struct's values. */
export type Struct<S extends StructSchema> = FieldValues<S['table']>;

/** Describes a struct: `struct('JobKey', { role: [1, 'string'] })`. Throws when two fields share an id. */
export function struct<const F extends FieldTable>(name: string, table: F): StructSchema<F> {
  const fields = Object.entries(table)
    .map(([fieldName, [id, type]]) => Object.freeze({ id, name: fieldName, type }))
    .sort((a, b) => a.id - b.id);
  const fieldById = new Map(fields.map((field) => [field.id, field]));
  if (fieldById.size !== fields.length) throw new Error(`two fields of ${name} share an id`);
  return Object.freeze({ name, table, fields: Object.freeze(fields), fieldById });
}

export type MessageType = 'call' | 'reply' | 'exception';

/** Thrift's numbers of message types; `oneway` (4) does not exist in Aurora. */
export const messageTypes = { call: 1, reply: 2, exception: 3 } as const satisfies Record<
  MessageType,
  number
>;

/** The name of a message type's number, or `null`. */
export function messageTypeName(number: number): MessageType | null {
  return number === 1 ? 'call' : number === 2 ? 'reply' : number === 3 ? 'exception' : null;
}

export interface MessageHeader {
  readonly name: string;
  readonly type: MessageType;
  readonly seqid: number;
}

export interface Message extends MessageHeader {
  readonly value: StructValue;
}

/** Which struct a message carries; called once the header has been read. */
export type SchemaFor = (name: string, type: MessageType) => StructSchema;

/** Deeper than any Aurora struct (11), shallow enough that no input can exhaust the stack. */
export const maxDepth = 64;
