import fc from 'fast-check';
import type {
  ScalarType,
  StructSchema,
  StructValue,
  ThriftType,
  ThriftValue,
} from '../../src/thrift/schema.ts';

/** Values of a struct, any of whose fields may be absent. Deep structs get few elements. */
export function structs(schema: StructSchema, depth = 0): fc.Arbitrary<StructValue> {
  const fields = Object.fromEntries(schema.fields.map(({ name, type }) => [name, values(type, depth + 1)]));
  return fc.record(fields, { requiredKeys: [], noNullPrototype: true });
}

function values(type: ThriftType, depth: number): fc.Arbitrary<ThriftValue> {
  if (typeof type === 'string') return scalars[type]();
  if ('struct' in type) return structs(type.struct, depth);
  const maxLength = depth < 4 ? 2 : 1;
  if ('map' in type) {
    const [keyType, valueType] = type.map;
    const keys =
      keyType === 'string'
        ? fc.string({ unit: 'grapheme' })
        : fc.integer({ min: -128, max: 127 }).map(String);
    return fc.dictionary(keys, values(valueType, depth + 1), { maxKeys: maxLength, noNullPrototype: true });
  }
  return fc.array(values('set' in type ? type.set : type.list, depth + 1), { maxLength });
}

const scalars: Readonly<Record<ScalarType, () => fc.Arbitrary<ThriftValue>>> = {
  bool: () => fc.boolean(),
  i8: () => fc.integer({ min: -0x80, max: 0x7f }),
  i16: () => fc.integer({ min: -0x8000, max: 0x7fff }),
  i32: () => fc.integer(),
  i64: () => fc.maxSafeInteger(),
  double: () => fc.double(),
  string: () => fc.string({ unit: 'grapheme' }),
  binary: () => fc.uint8Array({ maxLength: 20 }).map((bytes) => Uint8Array.from(bytes)),
};
