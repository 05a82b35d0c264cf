import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TaskRow } from '../../src/aurora/tasks.ts';
import type { MessageHeader } from '../../src/thrift/schema.ts';
import { applicationException } from '../../src/thrift/structs.ts';
import { TaskAnswerReader } from '../../src/thrift/task-answer.ts';
import { encodeMessage } from '../../src/thrift/tbinary.ts';
import { recordedExchanges, wireBytes } from './recorded-exchanges.ts';

const answer = recordedAnswer('queryRecovery-all-binary');

function recordedAnswer(name: string): Buffer {
  const exchange = recordedExchanges('leader').find((one) => one.name === name);
  if (exchange === undefined) throw new Error(`nothing recorded as ${name}`);
  return wireBytes(exchange);
}

function read(bytes: Buffer, sizes: readonly number[] = [bytes.length]) {
  const rows: TaskRow[] = [];
  const headers: MessageHeader[] = [];
  const reader = new TaskAnswerReader({
    onHeader: (header) => headers.push(header),
    onRow: (row) => rows.push(row),
  });
  for (let at = 0, nth = 0; at < bytes.length; nth += 1) {
    const size = sizes[nth % sizes.length] ?? 1;
    reader.push(bytes.subarray(at, at + size));
    at += size;
  }
  return { rows, headers, message: reader.finish() };
}

describe('an answer with tasks, as it arrives', () => {
  test('is the same wherever it is cut', () => {
    const whole = read(answer);
    expect(whole.rows).toHaveLength(7);

    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        expect(read(answer, sizes)).toEqual(whole);
      }),
    );
  });

  test('that was cut off is an error at every byte', () => {
    for (let size = 0; size < answer.length; size += 1)
      expect(() => read(answer.subarray(0, size))).toThrow(
        expect.objectContaining({ code: 'rpc-truncated' }) as Error,
      );
  });

  test('with something behind it is an error', () => {
    expect(() => read(Buffer.concat([answer, Buffer.from([0])]))).toThrow('1 bytes after the end');
  });

  test('that is an exception tells what the scheduler says', () => {
    const header = { name: 'queryRecovery', type: 'exception', seqid: 1 } as const;
    const said = { message: 'Invalid method name', type: 1 };

    expect(read(encodeMessage(header, applicationException, said), [1]).message).toEqual({
      ...header,
      value: said,
    });
  });

  test.each([
    ['another protocol', Buffer.from('[1,"queryRecovery",2,1,{}]'.padEnd(5_000)), 'a header of more than'],
    ['an unknown version', Buffer.from([0x80, 0x02, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0]), 'wrong version'],
  ])('in %s is an error', (_what, bytes, says) => {
    expect(() => read(bytes, [1])).toThrow(says);
  });
});
