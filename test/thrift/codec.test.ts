import { describe, expect, test } from 'vitest';
import { struct } from '../../src/thrift/schema.ts';
import * as tbinary from '../../src/thrift/tbinary.ts';
import * as tjson from '../../src/thrift/tjson.ts';

const numbers = struct('Numbers', { dbl: [1, 'double'], long: [2, 'i64'] });
const names = struct('Names', { list: [1, { list: 'string' }], map: [2, { map: ['string', 'string'] }] });

describe('TJSON', () => {
  test.each([
    [100, '100.0'],
    [0, '0.0'],
    [-0, '-0.0'],
    [0.1, '0.1'],
    [0.30000000000000004, '0.30000000000000004'],
    [12345678.5, '1.23456785E7'],
    [1e7, '1.0E7'],
    [0.0001, '1.0E-4'],
    [Number.NaN, '"NaN"'],
    [Number.NEGATIVE_INFINITY, '"-Infinity"'],
  ])('writes the double %d as Java does: %s', (dbl, text) => {
    expect(tjson.encodeStruct(numbers, { dbl }).toString()).toBe(`{"1":{"dbl":${text}}}`);
  });

  test('reads a message with a newline behind it, as schedulers do', () => {
    expect(tjson.decodeMessage(Buffer.from('[1,"m",1,1,{}]\n'), () => names).value).toEqual({});
  });

  test.each([
    ['another version', '[2,"m",1,1,{}]', 'rpc-malformed'],
    ['an unknown message type', '[1,"m",9,1,{}]', 'rpc-malformed'],
    ['a count that is not so', '[1,"m",1,1,{"1":{"lst":["str",2,"a"]}}]', 'rpc-malformed'],
    ['elements of another type', '[1,"m",1,1,{"1":{"lst":["i32",1,5]}}]', 'rpc-malformed'],
    ['a field without a type', '[1,"m",1,1,{"1":5}]', 'rpc-malformed'],
    ['a cut string', '[1,"m",1,1,{"1":{"lst":["str",1,"a', 'rpc-truncated'],
    ['text', 'Unsupported', 'rpc-malformed'],
  ])('%s is an error', (_name, text, code) => {
    expect(() => tjson.decodeMessage(Buffer.from(text), () => names)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  test('a number beyond 2^53 is an error, not a wrong number', () => {
    expect(() => tjson.decodeStruct(numbers, Buffer.from('{"2":{"i64":9007199254740993}}'))).toThrow(
      expect.objectContaining({ code: 'rpc-malformed' }),
    );
  });
});

describe('TBinary', () => {
  test('reads an old-style header', () => {
    const bytes = Buffer.from([0, 0, 0, 1, 0x6d, 1, 0, 0, 0, 7, 0]);

    expect(tbinary.decodeMessage(bytes, () => names)).toEqual({
      name: 'm',
      type: 'call',
      seqid: 7,
      value: {},
    });
  });

  test('a field of another type is passed over', () => {
    const bytes = Buffer.from([8, 0, 1, 0, 0, 0, 5, 0]);

    expect(tbinary.decodeStruct(names, bytes)).toEqual({});
  });

  test.each([
    ['another version', [0x80, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], 'rpc-malformed'],
    ['a negative name', [0x80, 1, 0, 1, 0xff, 0xff, 0xff, 0xff], 'rpc-malformed'],
    [
      'a list that cannot fit',
      [0x80, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 15, 0, 1, 11, 0x7f, 0xff, 0xff, 0xff],
      'rpc-truncated',
    ],
    [
      'a list of no type',
      [0x80, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 15, 0, 1, 99, 0, 0, 0, 1, 0, 0],
      'rpc-malformed',
    ],
    ['an unknown type', [0x80, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 9, 0], 'rpc-malformed'],
    ['bytes after the end', [0x80, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 'rpc-malformed'],
  ])('%s is an error', (_name, bytes, code) => {
    expect(() => tbinary.decodeMessage(Buffer.from(bytes), () => names)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  test('a number beyond 2^53 is an error, not a wrong number', () => {
    const bytes = Buffer.from([10, 0, 2, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0]);

    expect(() => tbinary.decodeStruct(numbers, bytes)).toThrow(
      expect.objectContaining({ code: 'rpc-malformed' }),
    );
  });

  test('nesting is bounded', () => {
    const bytes = Buffer.concat([Buffer.alloc(3 * 10_000, Buffer.from([12, 0, 9])), Buffer.alloc(10_001)]);

    expect(() => tbinary.decodeStruct(names, bytes)).toThrow(
      expect.objectContaining({ code: 'rpc-malformed' }),
    );
  });
});

test('a map keeps every key, also those that JavaScript has a meaning for', () => {
  const value = {
    map: Object.fromEntries([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]),
  };

  expect(Object.entries(tjson.decodeStruct(names, tjson.encodeStruct(names, value)).map ?? {})).toHaveLength(
    2,
  );
  expect(
    Object.entries(tbinary.decodeStruct(names, tbinary.encodeStruct(names, value)).map ?? {}),
  ).toHaveLength(2);
});

test('a value that does not fit its schema is our own mistake', () => {
  expect(() => tbinary.encodeStruct(numbers, { long: 2 ** 60 })).toThrow(TypeError);
  expect(() => tjson.encodeStruct(numbers, { dbl: 'much' })).toThrow(TypeError);
});

test('two fields with one id are refused', () => {
  expect(() => struct('Twice', { a: [1, 'bool'], b: [1, 'i8'] })).toThrow('share an id');
});
