/** Our description of a struct as an interface file, for compilers of other people: whole, so that they read all that we pass over. */
import type { StructSchema, ThriftType } from '../../../src/thrift/schema.ts';

/** The text of an interface file in which `schema` is the last struct. */
export function idlOf(schema: StructSchema): string {
  const written = new Map<string, string>();
  writeStruct(schema, written);
  return [...written.values()].join('\n');
}

function writeStruct(schema: StructSchema, written: Map<string, string>): void {
  if (written.has(schema.name)) return;
  const fields = schema.fields.map(
    ({ id, name, type }) => `  ${id}: optional ${nameOf(type, written)} ${name}\n`,
  );
  written.set(schema.name, `struct ${schema.name} {\n${fields.join('')}}\n`);
}

function nameOf(type: ThriftType, written: Map<string, string>): string {
  if (typeof type === 'string') return type;
  if ('struct' in type) {
    writeStruct(type.struct, written);
    return type.struct.name;
  }
  if ('map' in type) return `map<${type.map[0]}, ${nameOf(type.map[1], written)}>`;
  return 'set' in type ? `set<${nameOf(type.set, written)}>` : `list<${nameOf(type.list, written)}>`;
}
