import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { callLifetimes } from '../../src/aurora/call-lifetimes.ts';
import { flagLifetimes, mayHaveFlag } from '../../src/aurora/flag-lifetimes.ts';
import { livesIn } from '../../src/aurora/lifetime.ts';
import { isKnownRelease, minorOf, releaseOf } from '../../src/aurora/releases.ts';

const recorded = ['0.9.0', '0.17.0', '0.20.0'] as const;
const read = (name: string) => readFileSync(new URL(`../fixtures/releases/${name}`, import.meta.url), 'utf8');
const readJson = (name: string): unknown => JSON.parse(read(name));

describe('a version', () => {
  test.each([
    ['0.22.0', 22],
    ['0.23.0-SNAPSHOT', 23],
    ['0.5.0-incubating', 5],
    ['1.22.0', null],
    ['22', null],
    ['FakeVersion', null],
  ])('%s has the minor number %s', (version, minor) => {
    expect(minorOf(version)).toBe(minor);
  });

  test.each(['0.4.0', '0.26.0', 'latest'])('%s is none that is known', (version) => {
    expect(isKnownRelease(version)).toBe(false);
    expect(() => releaseOf(version)).toThrow(expect.objectContaining({ code: 'release-unknown' }));
  });
});

describe.each(recorded)('the table against what %s itself showed', (version) => {
  const release = releaseOf(version);
  const exchanges = read(`${version}/rpc.jsonl`)
    .trim()
    .split('\n')
    .map((line) => exchangeSchema.parse(JSON.parse(line)));
  const answered = (name: string) => exchanges.find((one) => one.name === name)?.response ?? null;

  test('knows no flag that the table denies it', () => {
    const flags = z.array(z.string()).parse(readJson(`${version}/flags.json`));

    expect(flags.filter((flag) => !mayHaveFlag(release.minor, flag.slice(1)))).toEqual([]);
  });

  test('does not list the flags that the table denies it', () => {
    const flags = new Set(z.array(z.string()).parse(readJson(`${version}/flags.json`)));
    const denied = [...flagLifetimes].filter(([, lifetime]) => !livesIn(lifetime, release.minor));

    expect(denied.length).toBeGreaterThan(10);
    expect(denied.filter(([name]) => flags.has(`-${name}`))).toEqual([]);
  });

  test('says whether /leaderhealth exists', () => {
    expect(answered('http_leaderhealth')?.status).toBe(release.leaderHealth ? 200 : 404);
  });

  test('says whether getTierConfigs exists', () => {
    const known = !JSON.stringify(answered('getTierConfigs-json')?.bodyText).includes('Invalid method name');

    expect(livesIn(callLifetimes['getTierConfigs'] ?? {}, release.minor)).toBe(known);
  });

  test('says what its election nodes tell', () => {
    const looks = z
      .array(
        z.looseObject({
          what: z.string(),
          zk: z.record(z.string(), z.object({ data: z.string() })).optional(),
        }),
      )
      .parse(readJson(`${version}/leader-and-standby.json`));
    const nodes = Object.entries(looks.find(({ what }) => what === 'normal-mode')?.zk ?? {}).filter(
      ([name]) => !name.startsWith('member_'),
    );

    expect(nodes).toHaveLength(2);
    expect(new Set(nodes.map(([, { data }]) => data)).size).toBe(release.electionNodesNameHosts ? 2 : 1);
  });
});

const exchangeSchema = z.object({
  name: z.string(),
  response: z
    .object({
      status: z.number(),
      headers: z.array(z.tuple([z.string(), z.string()])),
      bodyText: z.string().nullish(),
    })
    .nullable(),
});
