/** The manual and the example rules say what the code does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { formatDuration } from '../../src/cli/duration.ts';
import { alarmKinds } from '../../src/watch/alarms/table.ts';
import { factMetrics, metricOf } from '../../src/watch/metrics.ts';
import { defaultWatchPolicy as policy } from '../../src/watch/policy.ts';

const root = join(import.meta.dirname, '../..');
const manual = readFileSync(join(root, 'docs/watch.md'), 'utf8');
const begin = '<!-- alarms: written by test/watch/manual.test.ts -u -->\n';
const end = '<!-- /alarms -->';

describe('docs/watch.md', () => {
  it('has the alarms of the code', async () => {
    const rows = alarmKinds.map(
      ({ kind, when, worst, holdMs }) =>
        `| \`${kind}\` | ${when} | ${worst} | ${holdMs(policy) === 0 ? 'two looks' : formatDuration(holdMs(policy))} |`,
    );
    const table = ['| alarm | when | at worst | must hold for |', '|---|---|---|---|', ...rows, ''].join(
      '\n',
    );
    const [before = '', rest = ''] = manual.split(begin);
    const after = rest.slice(rest.indexOf(end));

    await expect(`${before}${begin}${table}${after}`).toMatchFileSnapshot(join(root, 'docs/watch.md'));
  });

  it('has the metrics of the code', () => {
    for (const name of Object.values(factMetrics)) expect(manual).toContain(`| \`${name}\` |`);
  });

  it('has the defaults of the code', () => {
    const [, text = ''] = /```yaml\n(\s+watch:[^`]*)```/.exec(manual) ?? [];

    expect(z.object({ watch: z.record(z.string(), z.unknown()) }).parse(parse(text)).watch).toEqual({
      every: formatDuration(policy.everyMs),
      channel: 'C045EF6GH',
      late: policy.late,
      shrink: policy.shrink,
      rotation: policy.rotation,
      diskFloor: `${policy.diskFloorBytes / 1024 ** 3}GiB`,
      diskAhead: formatDuration(policy.diskAheadMs),
      certificates: formatDuration(policy.certificateMs),
      proofs: formatDuration(policy.proofMs),
      silent: formatDuration(policy.silentMs),
      leaderless: formatDuration(policy.leaderlessMs),
      clocks: formatDuration(policy.clocksMs),
    });
  });
});

describe('packaging/alerts.yml', () => {
  const { groups } = z
    .object({
      groups: z.array(
        z.strictObject({
          name: z.string(),
          rules: z.array(
            z.strictObject({
              alert: z.string().regex(/^Aurora[A-Za-z]+$/),
              expr: z.string(),
              for: z
                .string()
                .regex(/^\d+m$/)
                .optional(),
              labels: z.strictObject({ severity: z.enum(['warning', 'critical']) }),
              annotations: z.strictObject({ summary: z.string(), description: z.string() }),
            }),
          ),
        }),
      ),
    })
    .parse(parse(readFileSync(join(root, 'packaging/alerts.yml'), 'utf8')));
  const rules = groups.flatMap((group) => group.rules);

  it('has a rule for each alarm, as severe as its worst', () => {
    const of = rules.map(({ expr, labels }) => ({ expr, severity: labels.severity }));

    for (const { kind, worst } of alarmKinds)
      expect(of).toContainEqual({ expr: `${metricOf(kind)} > 0`, severity: worst });
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });
});
