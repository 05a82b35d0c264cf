import {
  type MessageHeader,
  messageTypes,
  type ScalarType,
  type StructSchema,
  type StructValue,
  type ThriftType,
  type ThriftValue,
} from './schema.ts';
import { tagOf, version } from './tjson-types.ts';
import { booleanOf, bytesOf, entriesOf, integerOf, listOf, numberOf, structOf, textOf } from './values.ts';

/**
 * One message: `[1,"method",type,seqid,{…}]`. No blank anywhere: a blank after a comma makes the scheduler answer
 * HTTP 500 (aurora.md 13). Throws TypeError when the value does not fit the schema.
 */
export function encodeMessage(header: MessageHeader, schema: StructSchema, value: StructValue): Buffer {
  const body = structText(schema, value);
  const head = `${version},${JSON.stringify(header.name)},${messageTypes[header.type]},${header.seqid}`;
  return Buffer.from(`[${head},${body}]`, 'utf8');
}

/** One bare struct. Throws TypeError when the value does not fit the schema. */
export function encodeStruct(schema: StructSchema, value: StructValue): Buffer {
  return Buffer.from(structText(schema, value), 'utf8');
}

function structText(schema: StructSchema, value: StructValue): string {
  const fields: string[] = [];
  for (const { id, name, type } of schema.fields) {
    const inner = value[name];
    if (inner !== undefined) fields.push(`"${id}":{"${tagOf(type)}":${valueText(type, inner)}}`);
  }
  return `{${fields.join(',')}}`;
}

function valueText(type: ThriftType, value: ThriftValue): string {
  if (typeof type === 'string') return scalarText(type, value);
  if ('struct' in type) return structText(type.struct, structOf(value));
  if ('map' in type) {
    const [keyType, valueType] = type.map;
    const entries = entriesOf(value).map(
      ([key, inner]) => `${JSON.stringify(key)}:${valueText(valueType, inner)}`,
    );
    return `["${tagOf(keyType)}","${tagOf(valueType)}",${entries.length},{${entries.join(',')}}]`;
  }
  const element = 'set' in type ? type.set : type.list;
  const items = listOf(value).map((item) => valueText(element, item));
  return `[${[`"${tagOf(element)}"`, items.length, ...items].join(',')}]`;
}

function scalarText(type: ScalarType, value: ThriftValue): string {
  switch (type) {
    case 'bool':
      return booleanOf(value) ? '1' : '0';
    case 'i8':
    case 'i16':
    case 'i32':
    case 'i64':
      return String(integerOf(value, type));
    case 'double':
      return doubleText(numberOf(value));
    case 'string':
      return JSON.stringify(textOf(value));
    case 'binary':
      // libthrift writes base64 without the padding and reads it either way.
      return `"${Buffer.from(bytesOf(value)).toString('base64').replace(/=+$/, '')}"`;
  }
}

/** The spelling of Java's Double.toString, as recorded: `100.0`, `0.1`; what JSON has no number for is a string. */
function doubleText(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-3 || size >= 1e7)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e');
    return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
