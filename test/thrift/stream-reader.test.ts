import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StreamReader } from '../../src/thrift/stream-reader.ts';
import { snapshot } from '../../src/thrift/structs.ts';
import { taskRowStruct } from '../../src/thrift/task-row.ts';
import { decodeStruct, encodeStruct } from '../../src/thrift/tbinary.ts';
import { readStruct } from '../../src/thrift/tbinary-reader.ts';

const backup = readFileSync(
  new URL('../fixtures/backups/real/scheduler-backup-2026-11-23-16-20', import.meta.url),
);

function readTaskIds(chunks: readonly Uint8Array[]): {
  ids: readonly (string | undefined)[];
  reader: StreamReader;
} {
  const ids: (string | undefined)[] = [];
  const reader = new StreamReader((id) =>
    id === 4
      ? {
          kind: 'elements',
          count: () => {},
          element: (cursor) => {
            const task = readStruct(cursor, taskRowStruct, 2);
            ids.push(task.assignedTask?.taskId);
          },
        }
      : { kind: 'skip' },
  );
  for (const chunk of chunks) reader.push(chunk);
  reader.finish();
  return { ids, reader };
}

function cutInto(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

test('however the bytes arrive, each element is handed out once and in order', () => {
  const expected = decodeStruct(snapshot, backup).tasks?.map((task) => task.assignedTask?.taskId);

  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), (size) => {
      const { ids } = readTaskIds(cutInto(backup, size));

      expect(ids).toEqual(expected);
    }),
    { numRuns: 60, examples: [[1]] },
  );
});

test('bytes after the end are counted, in the same chunk and in later ones', () => {
  const { reader } = readTaskIds([Buffer.concat([backup, Buffer.alloc(3)]), Buffer.alloc(7)]);

  expect(reader.complete).toBe(true);
  expect(reader.trailingBytes).toBe(10);
});

test('text that nobody reads may be longer than any window', () => {
  const bytes = encodeStruct(snapshot, { dbScript: ['x'.repeat(100_000), 'y'], timestamp: 5 });
  let lines = 0;
  const reader = new StreamReader(
    () => ({
      kind: 'skip',
      count: (_type, count) => {
        lines = count;
      },
    }),
    { maxValueBytes: 1_000 },
  );

  for (const chunk of cutInto(bytes, 100)) reader.push(chunk);
  reader.finish();

  expect(lines).toBe(2);
});

describe('errors', () => {
  test('a value that outgrows the bound', () => {
    const bytes = encodeStruct(snapshot, { schedulerMetadata: { frameworkId: 'x'.repeat(3_000_000) } });
    const reader = new StreamReader(() => ({ kind: 'skip' }), { maxValueBytes: 1_000_000 });

    const read = (): void => {
      for (const chunk of cutInto(bytes, 64 * 1024)) reader.push(chunk);
    };

    expect(read).toThrow(
      expect.objectContaining({ code: 'rpc-malformed', problem: 'one value takes more than 1000000 bytes' }),
    );
  });

  test('the end before the stop byte', () => {
    const reader = new StreamReader(() => ({ kind: 'skip' }));
    reader.push(backup.subarray(0, -1));

    expect(() => reader.finish()).toThrow(expect.objectContaining({ code: 'rpc-truncated' }));
    expect(reader.complete).toBe(false);
  });

  test('the end inside a text that is passed over', () => {
    const reader = new StreamReader(() => ({ kind: 'skip' }));
    reader.push(Buffer.from([11, 0, 1, 0, 0, 1, 0, 1, 2, 3]));

    expect(() => reader.finish()).toThrow(expect.objectContaining({ code: 'rpc-truncated' }));
  });

  test('what a visitor throws passes through', () => {
    const reader = new StreamReader(() => {
      throw new RangeError('mine');
    });

    expect(() => reader.push(backup)).toThrow(RangeError);
  });
});
