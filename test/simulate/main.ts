/**
 * `npm run simulate -- [--runs N] [--seed N] [--json] [--defect NAME] [--defects] [--trace]`
 *
 * Plays restores over a clock that only goes on when everybody waits, with everything around them failing as the seed draws it.
 * Exits 1 when a promise was broken or a run never ended, 2 when it was asked for nonsense. Ctrl-C says what was seen so far.
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type Defect, defects } from './defects.ts';
import { play } from './play.ts';
import { count, emptyTally, howToPlayAgain, isClean, jsonLine, sayTally } from './report.ts';

const usage =
  'Usage: npm run simulate -- [--runs N] [--seed N] [--json] [--defect NAME] [--defects] [--trace]\n';
const progressMs = 5_000;

const Asked = z.object({
  runs: z.coerce.number().int().min(1).max(10_000_000),
  seed: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31),
  defect: z.enum(Object.keys(defects) as Defect[]).nullable(),
});

function readArguments() {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      defect: { type: 'string' },
      defects: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
    },
  });
  return { ...values, ...Asked.parse({ ...values, defect: values.defect ?? null }) };
}

async function run({ runs, seed, defect, json, trace }: ReturnType<typeof readArguments>): Promise<number> {
  const tally = emptyTally();
  const startedAt = performance.now();
  let isStopped = false;
  process.once('SIGINT', () => {
    isStopped = true;
  });
  const perMinute = (): number => Math.round((tally.runs * 60_000) / (performance.now() - startedAt));
  let saidAt = startedAt;
  for (let each = seed; each < seed + runs && !isStopped; each += 1) {
    const played = await play(each, defect);
    count(tally, played);
    if (trace) say(played.trace.join('\n'));
    if (!isClean(played)) say(howToPlayAgain(played, defect));
    if (performance.now() - saidAt < progressMs) continue;
    saidAt = performance.now();
    process.stderr.write(`${tally.runs} of ${runs} runs, ${(perMinute() / 60).toFixed(1)} a second\n`);
  }
  say(`${sayTally(tally)} ${perMinute()} a minute.`);
  if (json) say(jsonLine(tally));
  const { stuck, doubleCommits, unsignedCommits, lost, repeated } = tally;
  return stuck + doubleCommits + unsignedCommits + lost + repeated === 0 ? 0 : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  const asked = readArguments();
  if (asked.defects) for (const [name, what] of Object.entries(defects)) say(`${name.padEnd(24)} ${what}`);
  else process.exitCode = await run(asked);
} catch (error) {
  const problem = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
  process.stderr.write(`${problem}\n${usage}`);
  process.exitCode = 2;
}
