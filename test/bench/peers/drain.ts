/** A peer of the bench: only reading the file. `drain.ts FILE RUNS` */
import { createReadStream } from 'node:fs';
import { tellRuns } from './tell-runs.ts';

await tellRuns(async (file) => {
  for await (const _chunk of createReadStream(file, { highWaterMark: 128 * 1024 }));
  return null;
});
