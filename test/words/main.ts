/**
 * `npm run words [-- --json]`
 *
 * Every text that a person on call can be shown, and the prose of README, docs and ARCHITECTURE, held to the rules that a program can check (CONTRIBUTING.md, "Texts for
 * people"). Prints what breaks one and exits 1; `--json` prints all texts, one JSON object a line, with their faults.
 */
import { parseArgs } from 'node:util';
import { allProse } from './prose.ts';
import { faultsOf, proseFaultsOf } from './rules.ts';
import { allTexts } from './source.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const texts = [
  ...allTexts().map((text) => ({ ...text, faults: faultsOf(text.words) })),
  ...allProse().map((text) => ({ ...text, faults: proseFaultsOf(text.words) })),
];
const faulty = texts.filter(({ faults }) => faults.length > 0);

if (values.json) {
  for (const text of texts) process.stdout.write(`${JSON.stringify(text)}\n`);
} else {
  for (const { file, line, faults } of faulty)
    process.stdout.write(`${file}:${line}: ${faults.join('; ')}\n`);
  process.stdout.write(`${texts.length} texts, ${faulty.length} break a rule.\n`);
}
process.exitCode = faulty.length > 0 ? 1 : 0;
