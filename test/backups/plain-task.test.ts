import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Fingerprint, FingerprintSet } from '../../src/backups/fingerprint-set.ts';
import { PlainTask } from '../../src/backups/plain-task.ts';
import { TaskReader } from '../../src/backups/task-reader.ts';
import { Cursor, underrun } from '../../src/thrift/cursor.ts';
import { scheduledTask } from '../../src/thrift/structs/tasks.ts';
import { snapshot } from '../../src/thrift/structs.ts';
import { toTaskRow } from '../../src/thrift/task-row.ts';
import { decodeStruct, encodeStruct } from '../../src/thrift/tbinary.ts';
import { mutateSample, type Sample, sampleOf } from '../fuzz/decoders/mutations.ts';
import { createRandom } from '../fuzz/random.ts';
import { fixturePath } from './fixtures.ts';

const files = [
  'real/scheduler-backup-2026-11-23-16-20',
  'lived-on/base',
  'odd/bad-utf8-role',
  'odd/hostile-names',
  'odd/unknown-fields',
  'whole/written-as-0.5.0-incubating',
  'whole/written-as-0.12.0',
];

/** Each task of recorded backups, as bytes of its own. */
const tasks: readonly Sample[] = files
  .flatMap((file) => decodeStruct(snapshot, readFileSync(fixturePath(`backups/${file}`))).tasks ?? [])
  .map((task) => sampleOf(encodeStruct(scheduledTask, task), 0));

/** What the reader for any task makes of it; `null` when it is plain to nobody. */
function readSlowly(bytes: Buffer): { row: unknown; at: number; invalid: boolean } | null {
  const cursor = new Cursor(bytes);
  try {
    const { task, misfit } = new TaskReader().read(cursor);
    const row = toTaskRow(task);
    if (misfit !== undefined || typeof row === 'string' || row.flaw !== undefined) return null;
    return { row, at: cursor.at, invalid: cursor.sawInvalidText };
  } catch {
    return null;
  }
}

describe('a task that is read in one go', () => {
  const plain = new PlainTask();

  /** The bytes end before the task does: then the other reader runs into their end, too. */
  const isTaken = (cursor: Cursor): boolean => {
    try {
      return plain.read(cursor);
    } catch (thrown) {
      expect(thrown).toBe(underrun);
      expect(() => new TaskReader().read(new Cursor(cursor.bytes))).toThrow();
      return false;
    }
  };

  test('is asked for more bytes wherever it is cut, and is whole when they are there', () => {
    const [first] = tasks.filter(({ bytes }) => plain.read(new Cursor(bytes)));
    const bytes = first?.bytes ?? Buffer.alloc(0);

    for (let size = 0; size < bytes.length; size += 1)
      expect(() => plain.read(new Cursor(bytes.subarray(0, size)))).toThrow(underrun);
    expect(plain.read(new Cursor(bytes))).toBe(true);
  });

  test('is most of what schedulers have written', () => {
    const taken = tasks.filter(({ bytes }) => plain.read(new Cursor(bytes)));

    expect(taken.length).toBeGreaterThan(tasks.length / 2);
  });

  test('is the same row as read part by part, whatever was done to its bytes', () => {
    const random = createRandom(20);
    let taken = 0;
    for (let run = 0; run < 20_000; run += 1) {
      const bytes = mutateSample(tasks, random);
      const cursor = new Cursor(bytes);
      if (!isTaken(cursor)) {
        expect(cursor.at).toBe(0);
        continue;
      }
      taken += 1;

      expect({ row: plain.row(), at: cursor.at, invalid: false }).toEqual(readSlowly(bytes));
    }
    expect(taken).toBeGreaterThan(1_000);
  });

  test('has the fingerprints of its texts', () => {
    const read = tasks.find(({ bytes }) => plain.read(new Cursor(bytes)));
    const { taskId, jobKey } = plain.row();
    const { role, environment, name } = jobKey;
    const of = (...texts: string[]): number[] => {
      const fingerprint = new Fingerprint().begin();
      for (const text of texts) fingerprint.text(text);
      return [fingerprint.high, fingerprint.low];
    };

    expect(read).toBeDefined();
    expect([plain.taskId, plain.role, plain.job].map(({ high, low }) => [high, low])).toEqual([
      of(taskId),
      of(role),
      of(role, environment, name),
    ]);
  });
});

test('a set takes a text and its fingerprint for the same', () => {
  const set = new FingerprintSet();
  const bytes = Buffer.from('www-prod-api');

  expect(set.add('www-prod-api')).toBe(true);
  expect(set.addFingerprint(new Fingerprint().begin().bytes(bytes, 0, bytes.length))).toBe(false);
  expect(set.size).toBe(1);
});
