import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { methods } from '../../src/thrift/methods.ts';
import { type StructSchema, struct } from '../../src/thrift/schema.ts';
import { methodResult, snapshot } from '../../src/thrift/structs.ts';
import * as tbinary from '../../src/thrift/tbinary.ts';
import * as tjson from '../../src/thrift/tjson.ts';
import { structs } from './arbitrary.ts';

/** Every kind of type, nested in every kind of container. */
const everything = struct('Everything', {
  aBool: [1, 'bool'],
  anI8: [2, 'i8'],
  anI16: [3, 'i16'],
  anI32: [4, 'i32'],
  anI64: [5, 'i64'],
  aDouble: [6, 'double'],
  aString: [7, 'string'],
  aBinary: [8, 'binary'],
  aList: [9, { list: { set: 'i64' } }],
  aMap: [32767, { map: ['i32', { list: 'double' }] }],
  textMap: [300, { map: ['string', { struct: struct('Inner', { negative: [-1, 'bool'] }) }] }],
  bools: [10, { set: 'bool' }],
});

const schemas: readonly (readonly [string, StructSchema])[] = [
  ['everything', everything],
  ['Snapshot', snapshot],
  ['an answer', methodResult],
  ['a TaskQuery', methods.queryRecovery],
];

describe.each([
  ['TBinary', tbinary],
  ['TJSON', tjson],
] as const)('%s', (_name, codec) => {
  test.each(schemas)('%s comes back as it was written', (_schemaName, schema) => {
    fc.assert(
      fc.property(structs(schema), fc.integer(), (value, seqid) => {
        const header = { name: 'getTasksStatus', type: 'reply', seqid } as const;

        const decoded = codec.decodeMessage(codec.encodeMessage(header, schema, value), () => schema);

        expect(decoded).toEqual({ ...header, value });
      }),
      { numRuns: 60 },
    );
  });

  test('what was cut anywhere is an error, never a value', () => {
    fc.assert(
      fc.property(structs(everything), fc.double({ min: 0, max: 1, noNaN: true }), (value, where) => {
        const whole = codec.encodeStruct(everything, value);
        const cut = whole.subarray(0, Math.floor(where * whole.length * 0.9999));

        expect(() => codec.decodeStruct(everything, cut)).toThrow(
          expect.objectContaining({ code: 'rpc-truncated' }),
        );
      }),
    );
  });

  test('any bytes give a value or a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          codec.decodeMessage(bytes, () => everything);
        } catch (thrown) {
          expect(thrown).toMatchObject({
            code: expect.stringMatching(/^rpc-(truncated|malformed)$/) as unknown,
          });
        }
      }),
      { numRuns: 500 },
    );
  });
});
