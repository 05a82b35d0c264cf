/** Ours, handing out every row. `rows.ts FILE RUNS` */
import { readTaskRows } from '../../../src/backups/task-rows.ts';
import { tellRuns } from './tell-runs.ts';

await tellRuns(async (file) => {
  let rows = 0;
  for await (const _row of readTaskRows(file)) rows += 1;
  return rows;
});
