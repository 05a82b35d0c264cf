import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { grantRules } from '../../src/agent/grants.ts';
import { type FuzzReport, fuzzAgent } from './fuzz-agent.ts';

/** What the host or its roster has to be like first: test/attacks, test/agent/state-attacks.test.ts and store.test.ts try these. */
const byState: ReadonlySet<string> = new Set([
  'state',
  'state-unknown',
  'proofs',
  'statement',
  'signed-content',
  'roster',
  'too-soon',
  'store',
]);

describe('the fuzzed agent', () => {
  let report: FuzzReport;
  let codes: ReadonlySet<string>;
  const said: string[] = [];
  beforeAll(async () => {
    ({ report, codes } = await fuzzAgent({ requests: 6_000, seed: 42, say: (line) => said.push(line) }));
  });

  test('does nothing without a grant, touches nothing outside, and lives', () => {
    expect({ ...report, said }).toMatchObject({
      requests: 6_000,
      crashes: 0,
      effectsWithoutGrant: 0,
      touchedOutside: 0,
    });
    expect(report.granted).toBeGreaterThan(50);
    expect(report.refused).toBeGreaterThan(3_000);
    expect(report.rssEndMb).toBeLessThan(report.rssStartMb + 150);
  });

  test('refuses by every rule of the grants that goes by the request alone', () => {
    expect(grantRules.filter((rule) => !byState.has(rule) && !codes.has(rule))).toEqual([]);
  });

  test('refuses for no reason that the documentation does not list', async () => {
    const page = await readFile(new URL('../../docs/agent.md', import.meta.url), 'utf8');
    const listed = new Set([...page.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map(([, code]) => code));

    expect([...codes].filter((code) => !listed.has(code))).toEqual([]);
  });
});

test('npm run fuzz:agent ends with its report as JSON', async () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));

  const { stdout } = await promisify(execFile)(process.execPath, [
    main,
    '--requests',
    '300',
    '--seed',
    '5',
    '--json',
  ]);

  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({
    requests: 300,
    refused: expect.any(Number),
    granted: expect.any(Number),
    crashes: 0,
    effectsWithoutGrant: 0,
    touchedOutside: 0,
    rssStartMb: expect.any(Number),
    rssEndMb: expect.any(Number),
  });
});
