/**
 * `npm run bench`: speeds as ratios, side by side in one run, because machines differ and this one is shared. Nothing
 * here is asserted; run it when a hot path was touched and put the ratios into the change.
 */
import { benchDecode } from './decode.ts';

const tasks = Number(process.argv[2] ?? 200_000);
if (!Number.isInteger(tasks) || tasks < 1) {
  process.stderr.write(
    'usage: npm run bench [-- TASKS]: a whole number of tasks in the backup, 200000 by default\n',
  );
  process.exit(2);
}

const decode = await benchDecode(tasks);
const ratio = (rate: number): string => (rate / decode.readOnly).toFixed(2);
process.stdout.write(
  [
    `Decoding a backup of ${decode.tasks} tasks (${decode.megabytes} MB), against only reading the file:`,
    `  read only          ${decode.readOnly} MB/s   1.00`,
    `  skip everything    ${decode.skipAll} MB/s   ${ratio(decode.skipAll)}`,
    `  whole inspection   ${decode.inspect} MB/s   ${ratio(decode.inspect)}   (rows, sums, sha256)`,
    `  every row          ${decode.rows} MB/s   ${ratio(decode.rows)}`,
    `  resident memory after it: ${decode.rssMb} MB`,
    '',
  ].join('\n'),
);
