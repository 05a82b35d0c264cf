/** `npm run fuzz:agent -- [--requests N] [--seed N] [--json]`: exit 1 when the agent did anything it must not. */
import { Command, InvalidArgumentError } from 'commander';
import { fuzzAgent } from './fuzz-agent.ts';

/** What a heap may grow by without anything being kept. */
const growthMbMax = 80;

const wholeNumber = (text: string): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('must be a whole number');
};

const options = new Command('fuzz:agent')
  .description('Send the real agent what it must refuse, and see that it does, and nothing else.')
  .option('--requests <n>', 'how many', wholeNumber, 200_000)
  .option('--seed <n>', 'repeats a run', wholeNumber, 1)
  .option('--json', 'the last line is the report, as JSON')
  .parse()
  .opts<{ requests: number; seed: number; json?: true }>();

process.stderr.write(`seed ${options.seed}\n`);
const { report } = await fuzzAgent({ ...options, say: (line) => process.stderr.write(`${line}\n`) });
const bad =
  report.crashes > 0 ||
  report.effectsWithoutGrant > 0 ||
  report.touchedOutside > 0 ||
  report.rssEndMb > report.rssStartMb + growthMbMax;
if (bad) process.exitCode = 1;
if (options.json === true) process.stdout.write(`${JSON.stringify(report)}\n`);
else {
  for (const [name, value] of Object.entries(report)) process.stdout.write(`${name.padEnd(20)} ${value}\n`);
  process.stdout.write(bad ? 'The agent did what it must not.\n' : 'The agent refused what it must.\n');
}
