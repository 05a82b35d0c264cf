import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { decodeBackup } from '../../src/backups/decode-backup.ts';
import { decodeTaskRows } from '../../src/backups/task-rows.ts';
import { fixturePath } from './fixtures.ts';
import { largeBackup } from './large-backup.ts';

const recorded = readFileSync(fixturePath('backups/real/scheduler-backup-2026-11-23-16-38'));
const tasks = 30_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function megabytesInUse(): number {
  // Twice: buffers are freed one collection after the objects that held them.
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
}

/** Passes the backup on and measures at a quarter of it and at its end. */
function measured(): { chunks: Generator<Buffer>; growth: () => number; bytes: () => number } {
  const samples: number[] = [];
  let bytes = 0;
  function* chunks(): Generator<Buffer> {
    let pieces = 0;
    for (const chunk of largeBackup(recorded, tasks)) {
      pieces += 1;
      bytes += chunk.length;
      if (pieces === 15 || pieces === 60) samples.push(megabytesInUse());
      yield chunk;
    }
  }
  return {
    chunks: chunks(),
    growth: () => (samples.at(-1) ?? Number.NaN) - (samples[0] ?? Number.NaN),
    bytes: () => bytes,
  };
}

test('decodeBackup() keeps eight bytes a task and no more', async () => {
  const source = measured();

  const report = await decodeBackup(source.chunks);

  expect(report).toMatchObject({ verdict: 'ok', tasks: { total: tasks } });
  expect(source.bytes()).toBeGreaterThan(40_000_000);
  expect(source.growth()).toBeLessThan(4);
});

test('decodeTaskRows() hands out rows without keeping them', async () => {
  const source = measured();
  let rows = 0;

  for await (const row of decodeTaskRows(source.chunks, 'large')) rows += row.taskId === '' ? 0 : 1;

  expect(rows).toBe(tasks);
  expect(source.growth()).toBeLessThan(4);
});
