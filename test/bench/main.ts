/**
 * `npm run bench [-- --tasks N] [--only NAMES] [--json]`: speeds as ratios, side by side in one run, because machines differ and
 * this one is shared. Nothing here is asserted; run it when a hot path was touched and put the ratios into the change.
 */
import { Command, InvalidArgumentError } from 'commander';
import { benchAck } from './ack.ts';
import { benchBackups } from './backups.ts';
import { benchClusters } from './clusters.ts';
import { benchDecode } from './decode.ts';
import { type BenchPart, measured } from './part.ts';
import { benchStatus } from './status.ts';
import { benchSteps } from './steps.ts';

/** In the order of the last line. */
const parts: Readonly<Record<string, BenchPart>> = {
  decode: benchDecode,
  steps: benchSteps,
  ack: benchAck,
  backups: measured('/aurora backups, from what was typed to what is told', () => benchBackups()),
  status: measured('/aurora status after a thousand restores', () => benchStatus()),
  clusters: measured('Five hundred clusters on one ZooKeeper', () => benchClusters()),
};

const wholeNumber = (text: string): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('must be a whole number above 0');
};

const options = new Command('bench')
  .description('Measure the product beside what else there is, in one run.')
  .option('--tasks <n>', 'in the backup, or in the cluster', wholeNumber, 100_000)
  .option('--only <names>', `nothing but these parts: ${Object.keys(parts).join(',')}`)
  .option('--json', 'the last line is JSON')
  .parse()
  .opts<{ tasks: number; only?: string; json?: true }>();

const chosen = Object.entries(parts).filter(([name]) => options.only?.split(',').includes(name) ?? true);
const line: Record<string, Awaited<ReturnType<BenchPart>>['json']> = {};
for (const [name, bench] of chosen) {
  const { lines, json } = await bench({
    tasks: options.tasks,
    say: (text) => process.stderr.write(`${text}\n`),
  });
  process.stdout.write(`${lines.join('\n')}\n`);
  line[name] = json;
}
if (options.json === true) process.stdout.write(`${JSON.stringify(line)}\n`);
