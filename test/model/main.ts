/**
 * `npm run model [-- --json] [--player NAME] [--procedure NAME] [--depth N] [--people N] [--digests N] [--defect NAME] [--defects]`
 *
 * Tries everything people, the worker, the clock and crashes can do to a restore, over the code that folds the journal
 * and judges the gates; with `--player bot-owner`, everything that the owner of the bot's machine can ask of a host, over the code by
 * which agents judge. Exits 1 with the shortest trace when a promise is broken, 2 when it was asked for nonsense.
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { restoreProcedures } from '../../src/aurora/cluster.ts';
import { ownerPlays, playBotOwner, sayHarm } from './bot-owner.ts';
import { defects } from './defects.ts';
import { explore } from './explore.ts';
import { product } from './product.ts';
import { formatViolation, jsonLine } from './report.ts';
import { createWorld, mostPeople } from './world.ts';

const Size = z.object({
  depth: z.coerce.number().int().min(1).max(30),
  people: z.coerce.number().int().min(2).max(mostPeople),
  digests: z.coerce.number().int().min(1).max(9),
  procedure: z.enum(restoreProcedures),
  player: z.enum(['people', 'bot-owner']),
  defect: z.enum(defects.map((defect) => defect.name)).optional(),
});

function readArguments() {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      defects: { type: 'boolean', default: false },
      depth: { type: 'string', default: '12' },
      people: { type: 'string', default: '3' },
      digests: { type: 'string', default: '2' },
      procedure: { type: 'string', default: 'staged' },
      player: { type: 'string', default: 'people' },
      defect: { type: 'string' },
    },
  });
  return { json: values.json, defects: values.defects, size: Size.parse(values) };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function run({ json, size }: ReturnType<typeof readArguments>): number {
  const defect = defects.find(({ name }) => name === size.defect);
  if (defect !== undefined) say(`With the defect ${defect.name}: ${defect.what}.`);
  const world = createWorld({
    product: defect === undefined ? product : defect.wrap(product),
    people: size.people,
    digests: size.digests,
    procedure: size.procedure,
  });
  const found = explore(world, {
    depth: size.depth,
    onLayer: (layer, states) => {
      if (!json) say(`depth ${layer}: ${states} new states`);
    },
  });
  say(
    found.violation === null
      ? `All promises hold in ${found.states} states of ${size.procedure}: ${size.people} people, ${size.digests} digests, depth ${size.depth}.`
      : formatViolation(found.violation),
  );
  if (json) say(jsonLine(size, found));
  return found.violation === null ? 0 : 1;
}

/** What people have signed decides what can come about; without proofs nothing they sign matters. */
function runBotOwner({ json, size: { depth } }: ReturnType<typeof readArguments>): number {
  let [states, violations] = [0, 0];
  for (const play of ownerPlays) {
    const played = playBotOwner({ ...play, depth });
    const beyond = [...played.ways].filter(([harm]) => !play.allows.includes(harm));
    states += played.states;
    violations += beyond.length;
    say(
      `\nProofs ${play.proofs === 'off' ? 'are not asked for' : `are required, people signed: ${play.signed.join(', ') || 'nothing'}`}; ${played.states} states, depth ${depth}.`,
    );
    if (played.ways.size === 0) say('  Nothing that must not be came about.');
    for (const [harm, way] of played.ways)
      say(
        `  ${play.allows.includes(harm) ? 'Not defended' : 'BROKEN'}: ${sayHarm(harm)}.\n    ${way.join('\n    ')}`,
      );
  }
  if (json) say(JSON.stringify({ player: 'bot-owner', depth, states, violations }));
  return violations === 0 ? 0 : 1;
}

try {
  const asked = readArguments();
  if (asked.defects) for (const { name, what } of defects) say(`${name.padEnd(24)} ${what}`);
  else process.exitCode = asked.size.player === 'people' ? run(asked) : runBotOwner(asked);
} catch (error) {
  const problem = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
  process.stderr.write(
    `${problem}\nUsage: npm run model [-- --json] [--player NAME] [--procedure NAME] [--depth N] [--people N] [--digests N] [--defect NAME] [--defects]\n`,
  );
  process.exitCode = 2;
}
