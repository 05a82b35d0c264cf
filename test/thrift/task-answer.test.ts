import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TaskRow } from '../../src/aurora/tasks.ts';
import type { MessageHeader } from '../../src/thrift/schema.ts';
import { applicationException } from '../../src/thrift/structs.ts';
import { TaskAnswerReader } from '../../src/thrift/task-answer.ts';
import { encodeMessage as encodeBinary } from '../../src/thrift/tbinary.ts';
import { encodeMessage as encodeJson } from '../../src/thrift/tjson.ts';
import { TjsonTaskAnswerReader } from '../../src/thrift/tjson-task-answer.ts';
import { recordedExchanges, wireBytes } from './recorded-exchanges.ts';

const readers = { tbinary: TaskAnswerReader, tjson: TjsonTaskAnswerReader };

function recordedAnswer(name: string): Buffer {
  const exchange = recordedExchanges('leader').find((one) => one.name === name);
  if (exchange === undefined) throw new Error(`nothing recorded as ${name}`);
  return wireBytes(exchange);
}

function readBy(protocol: keyof typeof readers, bytes: Buffer, sizes: readonly number[] = [bytes.length]) {
  const rows: TaskRow[] = [];
  const headers: MessageHeader[] = [];
  const reader = new readers[protocol]({
    onHeader: ({ name, type, seqid }) => headers.push({ name, type, seqid }),
    onRow: (row) => rows.push(row),
  });
  for (let at = 0, nth = 0; at < bytes.length; nth += 1) {
    const size = sizes[nth % sizes.length] ?? 1;
    reader.push(bytes.subarray(at, at + size));
    at += size;
  }
  return { rows, headers, message: reader.finish() };
}

describe.each([
  ['tbinary', 'queryRecovery-all-binary', encodeBinary],
  ['tjson', 'queryRecovery-all-json', encodeJson],
] as const)('an answer with tasks in %s, as it arrives', (protocol, recorded, encode) => {
  const answer = recordedAnswer(recorded);
  const read = (bytes: Buffer, sizes?: readonly number[]) => readBy(protocol, bytes, sizes);

  test('is the same wherever it is cut', () => {
    const whole = read(answer);
    expect(whole.rows).toHaveLength(7);

    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        expect(read(answer, sizes)).toEqual(whole);
      }),
    );
  });

  test('that was cut off is an error wherever it was', () => {
    const stride = Math.ceil(answer.length / 1_500);
    for (let size = 0; size < answer.length; size += stride)
      expect(() => read(answer.subarray(0, size))).toThrow(
        expect.objectContaining({ code: 'rpc-truncated' }) as Error,
      );
  });

  test('with something behind it is an error', () => {
    expect(() => read(Buffer.concat([answer, Buffer.from([1])]))).toThrow(
      expect.objectContaining({ code: 'rpc-malformed' }) as Error,
    );
  });

  test('that is an exception tells what the scheduler says', () => {
    const header = { name: 'queryRecovery', type: 'exception', seqid: 1 } as const;
    const said = { message: 'Invalid method name', type: 1 };

    expect(read(encode(header, applicationException, said), [1]).message).toEqual({
      ...header,
      value: said,
    });
  });
});

test('the same tasks in both protocols are the same rows', () => {
  expect(readBy('tjson', recordedAnswer('queryRecovery-all-json')).rows).toEqual(
    readBy('tbinary', recordedAnswer('queryRecovery-all-binary')).rows,
  );
});

test.each([
  ['another protocol', Buffer.from('[1,"queryRecovery",2,1,{}]'.padEnd(5_000)), 'a header of more than'],
  ['an unknown version', Buffer.from([0x80, 0x02, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0]), 'wrong version'],
])('an answer in TBinary in %s is an error', (_what, bytes, says) => {
  expect(() => readBy('tbinary', bytes, [1])).toThrow(says);
});

const inTjson = (tasks: string): Buffer =>
  Buffer.from(
    `[1,"queryRecovery",2,1,{"0":{"rec":{"1":{"i32":1},"3":{"rec":{"9":{"rec":{"1":${tasks}}}}}}}}]`,
  );

test.each([
  ['fewer tasks than announced', '{"set":["rec",2,{}]}', 'a task with no task id'],
  ['no tasks where some are announced', '{"set":["rec",2]}', '0 tasks where 2 are announced'],
  ['no count', '{"set":["rec"]}', '0 tasks where undefined are announced'],
  ['tasks of another type', '{"set":["i32",1,7]}', 'tasks of type i32'],
  ['two lists', '{"set":["rec",0],"lst":["rec",0]}', 'two lists of tasks'],
  ['a page instead', '<html>', 'not JSON'],
  ['a long text beside the tasks', `{"str":"${'x'.repeat(2 * 1024 ** 2)}"}`, 'bytes'],
])('an answer in TJSON with %s is an error', (_what, tasks, says) => {
  const bytes = tasks.startsWith('<') ? Buffer.from(tasks) : inTjson(tasks);
  expect(() => readBy('tjson', bytes, [7])).toThrow(says);
});

test('an answer in TJSON without tasks has none', () => {
  expect(readBy('tjson', inTjson('{"set":["rec",0]}')).rows).toEqual([]);
});
