/**
 * Runs executions in a process that may die of them: `child.ts SEED FROM TO ONLY PROGRESS`. Before each one its number is written
 * to the file PROGRESS, so that whoever started this knows what it was at. Lines of JSON tell the rest (`tale.ts`).
 */
import { openSync, writeSync } from 'node:fs';
import { createExecutions } from './executions.ts';
import { collectHeap, heapMb } from './heap.ts';
import type { Tale } from './tale.ts';

/** Memory is looked at so often; by the first time all code has been compiled and all samples are read. */
const executionsALook = 20_000;
const growthMbMax = 24;

const [seed = '', from = '', to = '', only = '', progress = ''] = process.argv.slice(2);
const executionOf = createExecutions({ seed: Number(seed), only: only === '' ? null : only.split(',') });
const file = openSync(progress, 'w');
const place = Buffer.alloc(8);
// Most errors are refusals, and nobody looks at their stacks.
Error.stackTraceLimit = 6;

let taken = 0;
let refused = 0;
let firstMb: number | null = null;

for (let number = Number(from); number < Number(to); number += 1) {
  place.writeDoubleLE(number);
  writeSync(file, place, 0, 8, 0);
  const execution = executionOf(number);
  try {
    if (await execution.run()) taken += 1;
    else refused += 1;
  } catch (thrown) {
    tell({ kind: 'threw', number, why: thrown instanceof Error ? String(thrown.stack) : String(thrown) });
  }
  if ((number + 1) % executionsALook === 0) look(number);
}
tell({ kind: 'count', taken, refused });

function look(number: number): void {
  collectHeap();
  const mb = heapMb();
  firstMb ??= mb;
  if (mb > firstMb + growthMbMax) {
    tell({ kind: 'grew', number, why: `${Math.round(mb - firstMb)} MB more are held than at first` });
    firstMb = mb;
  }
  tell({ kind: 'count', taken, refused });
  taken = refused = 0;
}

function tell(tale: Tale): void {
  writeSync(1, `${JSON.stringify(tale)}\n`);
}
