/** `npm run attacks -- [--sequences N] [--seed N] [--json]`: exit 1 when one of them did what it must not. */
import { Command, InvalidArgumentError } from 'commander';
import { attacksOf } from './attacks.ts';
import { playSuites } from './suites.ts';

const wholeNumber = (text: string): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('must be a whole number');
};

const options = new Command('attacks')
  .description('Play every known attack against the real parts of the product, and see that they hold.')
  .option('--sequences <n>', 'how many sequences of operations are searched', wholeNumber, 10_000)
  .option('--seed <n>', 'repeats a search', wholeNumber, 1)
  .option('--json', 'the last line is the count, as JSON')
  .parse()
  .opts<{ sequences: number; seed: number; json?: true }>();

process.stderr.write(`seed ${options.seed}\n`);
let [held, broken] = [0, 0];
for (const { name, play } of attacksOf(options)) {
  const outcome = await play();
  if (outcome.held) held += 1;
  else broken += 1;
  process.stdout.write(`${outcome.held ? 'held  ' : 'BROKEN'} ${name}\n       ${outcome.says}\n`);
}
for (const told of await playSuites()) {
  if (told.held) held += 1;
  else broken += 1;
  process.stdout.write(`${told.held ? 'held  ' : 'BROKEN'} ${told.name}\n`);
}
if (broken > 0) process.exitCode = 1;
process.stdout.write(
  options.json === true
    ? `${JSON.stringify({ attacks: held + broken, held, broken })}\n`
    : `${held} attacks held, ${broken} broke something.\n`,
);
