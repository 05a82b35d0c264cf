/**
 * `npm run watch:month [-- --seeds N] [--from SEED] [--json]`
 *
 * Plays the watch against simulated months, and says how much of what it told was true (precision) and how much of what had to be told
 * was told (recall). Exits 1 when either is below 1, or something was told as over wrongly.
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type MonthReport, playMonth } from './month/play.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    from: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const number = z.coerce.number().int().min(1).max(1_000_000);
const from = number.parse(values.from);
const reports: MonthReport[] = [];
for (let seed = from; seed < from + number.parse(values.seeds); seed += 1) {
  const report = await playMonth(seed);
  reports.push(report);
  if (!values.json)
    process.stdout.write(
      `seed ${seed}: ${report.right} of ${report.told} told were right, ${report.met} of ${report.due} due were told\n${report.faults.map((fault) => `  ${fault}\n`).join('')}`,
    );
}
const sum = (of: (report: MonthReport) => number): number =>
  reports.reduce((total, one) => total + of(one), 0);
const faults = sum(({ faults: { length } }) => length);
const total = {
  months: reports.length,
  told: sum(({ told }) => told),
  precision: sum(({ right }) => right) / sum(({ told }) => told),
  due: sum(({ due }) => due),
  recall: sum(({ met }) => met) / sum(({ due }) => due),
  faults,
};
process.stdout.write(
  values.json ? `${JSON.stringify(total)}\n` : `precision ${total.precision}, recall ${total.recall}\n`,
);
process.exitCode = faults === 0 ? 0 : 1;
