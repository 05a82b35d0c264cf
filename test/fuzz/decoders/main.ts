/** `npm run fuzz -- [--executions N] [--seed N] [--jobs N] [--only NAMES] [--json]`: exit 1 when a decoder did anything it must not. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { fuzzDecoders } from './fuzz-decoders.ts';

/** A thousand times what one takes; the first one pays for compiling. */
const boundMs = 5_000;
const found = new URL('../../../reports/fuzz/', import.meta.url);

const wholeNumber = (text: string): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('must be a whole number');
};

const options = new Command('fuzz')
  .description('Give every decoder bytes that are nearly right, and see that it takes or refuses them.')
  .option('--executions <n>', 'how many', wholeNumber, 200_000)
  .option('--seed <n>', 'repeats a run', wholeNumber, 1)
  .option('--jobs <n>', 'processes at a time', wholeNumber, 2)
  .option(
    '--only <names>',
    'nothing but these decoders: backup,tbinary,tasks,tjson,tjson-tasks,mesos,zookeeper',
  )
  .option('--json', 'the last line is the report, as JSON')
  .parse()
  .opts<{ executions: number; seed: number; jobs: number; only?: string; json?: true }>();

process.stderr.write(`seed ${options.seed}\n`);
const { findings, ...report } = await fuzzDecoders({
  ...options,
  jobs: Math.max(1, options.jobs),
  only: options.only?.split(',') ?? null,
  boundMs,
  say: (line) => process.stderr.write(`${line}\n`),
});
for (const { target, number, bytes } of findings) {
  mkdirSync(found, { recursive: true });
  writeFileSync(new URL(`${target}-${options.seed}-${number}`, found), bytes);
}
const count = (kind: string): number => findings.filter((one) => one.kind === kind).length;
const summary = { ...report, crashes: count('crash'), hangs: count('hang'), growths: count('growth') };
if (findings.length > 0) process.exitCode = 1;
if (options.json === true) process.stdout.write(`${JSON.stringify(summary)}\n`);
else {
  for (const [name, value] of Object.entries(summary)) process.stdout.write(`${name.padEnd(12)} ${value}\n`);
  process.stdout.write(
    findings.length > 0
      ? 'A decoder did what it must not; the inputs are in reports/fuzz.\n'
      : 'Every decoder took or refused what it was given.\n',
  );
}
