import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { findHostFaults } from '../../../src/agent/flags/host-faults.ts';
import { judgeNamedFiles } from '../../../src/agent/flags/named-files.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'named-files-'));
  await mkdir(join(directory, 'db'));
});
afterAll(() => rm(directory, { recursive: true }));

const host = () => ({ auroraVersion: '0.22.0', paths: { log: join(directory, 'db') } });
/** What is said of a flag that names a file with this text. */
async function told(flag: string, text: string, prefix = ''): Promise<string> {
  const path = join(directory, flag);
  await writeFile(path, text);
  const faults = await judgeNamedFiles(host(), { [flag]: `${prefix}${path}` });
  return faults.map(({ says }) => says.replace(path, 'FILE')).join('\n');
}

test('what a real 0.23 did without the file is what is said of it', async () => {
  const tried = z
    .array(z.object({ flag: z.string(), value: z.string(), real: z.string() }))
    .parse(
      JSON.parse(await readFile(new URL('../../fixtures/flags/real-0.23.json', import.meta.url), 'utf8')),
    )
    .filter(({ value }) => value === '/nonexistent');

  const faults = await Promise.all(
    tried.map(({ flag, value }) =>
      judgeNamedFiles({ ...host(), auroraVersion: '0.23.0' }, { [flag]: value }),
    ),
  );

  expect(tried.map(({ real }) => real)).toEqual(tried.map(() => 'ends with exit 1'));
  expect(faults.flat().map(({ says }) => says)).toEqual([
    '-custom_executor_config=/nonexistent names a file that does not exist.',
    '-tier_config=/nonexistent names a file that does not exist.',
    '-webhook_config=/nonexistent names a file that does not exist.',
  ]);
});

describe('a file that is there', () => {
  const tiers = '{"default":"preemptible","tiers":{"preemptible":{"preemptible":true,"revocable":false}}}';
  test.each<[flag: string, text: string, says: string]>([
    ['tier_config', tiers, ''],
    ['tier_config', '', '-tier_config=FILE names a file that is not JSON with tiers in it.'],
    ['tier_config', '{"tiers":{}}', '-tier_config=FILE names a file that is not JSON with tiers in it.'],
    ['webhook_config', '{"targetURL":"http://hook"}', ''],
    ['webhook_config', '{"targetURL":', '-webhook_config=FILE names a file that is not a JSON object.'],
    ['custom_executor_config', '[{"executor":{}}]', ''],
    ['custom_executor_config', 'executor: x', '-custom_executor_config=FILE names a file that is not JSON.'],
    [
      'framework_authentication_file',
      '# Mesos\naurora_authentication_principal = aurora\naurora_authentication_secret: x\n',
      '',
    ],
    [
      'framework_authentication_file',
      'aurora_authentication_principal=aurora\n',
      '-framework_authentication_file=FILE names a file without aurora_authentication_secret.',
    ],
    ['shiro_ini_path', '[main]\n# nothing\n[users]\nroot = secret, admin\n[roles]\nadmin = *\n', ''],
    ['shiro_ini_path', '', '-shiro_ini_path=FILE names a file with neither users nor roles in it.'],
    [
      'shiro_ini_path',
      '[main]\nrealm = x\n[users]\nroot = secret\n',
      '-shiro_ini_path=FILE names a file with more than users and roles in it: [main].',
    ],
  ])('%s: %j', async (flag, text, says) => {
    expect(await told(flag, text)).toBe(says);
  });

  test('of Shiro may say that it is one', async () => {
    expect(await told('shiro_ini_path', '[users]\nroot = x\n', 'file:')).toBe('');
    expect(await told('shiro_ini_path', '', 'file:')).toContain('neither users nor roles');
  });

  test('is not a directory', async () => {
    expect(await judgeNamedFiles(host(), { tier_config: directory })).toEqual([
      { flag: 'tier_config', says: `-tier_config=${directory} names a directory, and must name a file.` },
    ]);
  });

  // Only root gives files away.
  test.runIf(process.getuid?.() === 0)(
    'that the account of the scheduler may not read is as good as none',
    async () => {
      const path = join(directory, 'secret-tiers');
      await writeFile(path, tiers);
      await chmod(path, 0o600);
      const log = join(directory, 'db-of-aurora');
      await mkdir(log);
      await chown(log, 1_234, 1_234);
      const place = { auroraVersion: '0.22.0', paths: { log } };

      const faults = await judgeNamedFiles(place, { tier_config: path });
      await chown(path, 1_234, 1_234);
      const own = await judgeNamedFiles(place, { tier_config: path });

      expect(faults.map(({ says }) => says)).toEqual([
        `-tier_config=${path} names a file that the account of the scheduler may not read.`,
      ]);
      expect(own).toEqual([]);
    },
  );
});

test.each([
  ['a path that only the scheduler can tell about', '0.22.0', { tier_config: 'tiers.json' }],
  ['a class path', '0.22.0', { shiro_ini_path: 'classpath:shiro.ini' }],
  ['a file on the machines of the tasks', '0.22.0', { thermos_executor_path: '/nonexistent' }],
  ['a flag that the release has not', '0.9.0', { tier_config: '/nonexistent' }],
])('%s is not looked for', async (_what, auroraVersion, values) => {
  expect(await judgeNamedFiles({ ...host(), auroraVersion }, values)).toEqual([]);
});

test('a host says of itself what nobody else can see, and no secret', async () => {
  const faults = await findHostFaults(host(), {
    zk_digest_credentials: 'hunter2',
    tier_config: '/nonexistent',
    offer_order: 'FOO',
  });

  expect(faults).toEqual([
    {
      flag: 'zk_digest_credentials',
      says: '-zk_digest_credentials is not user:password with exactly one colon.',
    },
    { flag: 'tier_config', says: '-tier_config=/nonexistent names a file that does not exist.' },
  ]);
});
