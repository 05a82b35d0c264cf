import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { simulatedReleaseOf } from '../../../src/pretend-aurora/release/simulated-release.ts';

const recorded = ['0.9.0', '0.17.0', '0.20.0'] as const;
const read = (name: string) =>
  readFileSync(new URL(`../../fixtures/releases/${name}`, import.meta.url), 'utf8');
const readJson = (name: string): unknown => JSON.parse(read(name));

describe.each(recorded)('the simulated traits against what %s itself showed', (version) => {
  const release = simulatedReleaseOf(version);
  const exchanges = read(`${version}/rpc.jsonl`)
    .trim()
    .split('\n')
    .map((line) => exchangeSchema.parse(JSON.parse(line)));
  const answered = (name: string) => exchanges.find((one) => one.name === name)?.response ?? null;

  test('says how it labels answers', () => {
    const label = answered('getRoleSummary-empty-json')?.headers.find(
      ([name]) => name === 'Content-Type',
    )?.[1];

    expect(label).toBe(
      release.mediaTypes === 'ignored' ? 'application/x-thrift' : 'application/vnd.apache.thrift.json',
    );
  });

  test('says whether the utf-8 charset is taken', () => {
    const status = exchanges.find(({ name }) => /thrift\.json.charset/.test(name))?.response?.status;

    expect(status).toBe(release.mediaTypes === 'exact' ? 415 : 200);
  });

  test('says what happens to calls while nobody is advertised', () => {
    const refused = release.redirects === 'always';

    expect(answered('recovery-mode-B-listBackups-plain-json')?.status).toBe(refused ? 503 : 200);
  });

  test('says whether a standby makes a backup of nothing', () => {
    const ok = answered('standby-performBackup-json')?.bodyText?.includes('"1":{"i32":1}');

    expect(ok).toBe(release.backsUpUnready);
  });

  test('says whether a commit is answered', () => {
    expect(answered('commitRecovery-from-ACTIVE-json') !== null).toBe(release.repliesToCommit);
  });

  test('says which counters it has', () => {
    const vars = z.record(z.string(), z.unknown()).parse(readJson(`${version}/vars/leader.json`));

    expect('scheduler_storage_start_events' in vars).toBe(release.countsStorageStarts);
    expect('task_store_PARTITIONED' in vars).toBe(release.countsPartitions);
  });

  test('says what its election nodes look like', () => {
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
    const kinds = { 'singleton-candidate': /^singleton_candidate_/, latch: /-latch-/, lock: /-lock-/ };

    expect(nodes).toHaveLength(2);
    for (const [name] of nodes) expect(name).toMatch(kinds[release.electionNodes]);
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
