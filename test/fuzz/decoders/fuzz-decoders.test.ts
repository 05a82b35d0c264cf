import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createExecutions } from './executions.ts';
import { fuzzDecoders } from './fuzz-decoders.ts';

const quiet = { jobs: 1, boundMs: 5_000, say: () => {} };

test('every decoder takes or refuses what is nearly right', async () => {
  const report = await fuzzDecoders({ ...quiet, executions: 3_000, seed: 5, only: null });

  expect(report.findings).toEqual([]);
  expect(report.taken + report.refused).toBe(3_000);
  expect(Math.min(report.taken, report.refused)).toBeGreaterThan(300);
});

test.each(['backup', 'tbinary', 'tasks', 'tjson', 'tjson-tasks', 'mesos', 'zookeeper'])(
  'some of what %s is given is taken, and some refused',
  async (target) => {
    const executionOf = createExecutions({ seed: 8, only: [target] });

    const taken: boolean[] = [];
    for (let number = 0; number < 300; number += 1) taken.push(await executionOf(number).run());

    expect(new Set(taken)).toEqual(new Set([true, false]));
  },
);

test('an execution is the same whenever it is asked for', () => {
  const [one, other] = [createExecutions({ seed: 3, only: null }), createExecutions({ seed: 3, only: null })];

  for (const number of [7, 0, 99])
    expect(one(number)).toMatchObject({ target: other(number).target, bytes: other(number).bytes });
});

describe('a decoder with mistakes', () => {
  test('that throws, ends its process or does not come to an end is found, each input once, and the rest goes on', async () => {
    const report = await fuzzDecoders({
      ...quiet,
      executions: 60,
      seed: 1,
      boundMs: 1_000,
      only: ['mistakes'],
    });

    const executionOf = createExecutions({ seed: 1, only: ['mistakes'] });
    const kinds = { t: 'crash', e: 'crash', h: 'hang' } as const;
    const expected = Array.from(
      { length: 60 },
      (_, number) => [number, executionOf(number).bytes.toString()] as const,
    )
      .filter(([, text]) => text in kinds)
      .map(([number, text]) => ({ number, kind: kinds[text as keyof typeof kinds] }));
    expect(new Set(expected.map(({ kind }) => kind))).toEqual(new Set(['crash', 'hang']));
    expect(report.findings.map(({ number, kind }) => ({ number, kind }))).toEqual(expected);
    expect(report.taken).toBeGreaterThan(0);
  });

  test('that keeps what it has seen is found by the memory that it holds', async () => {
    const report = await fuzzDecoders({ ...quiet, executions: 60_000, seed: 1, only: ['hoarder'] });

    expect(report.findings[0]).toMatchObject({ kind: 'growth', target: 'hoarder' });
  });
});

test('npm run fuzz ends with its report as JSON', async () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));

  const { stdout } = await promisify(execFile)(process.execPath, [main, '--executions', '200', '--json']);

  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
    executions: 200,
    crashes: 0,
    hangs: 0,
    growths: 0,
  });
});
