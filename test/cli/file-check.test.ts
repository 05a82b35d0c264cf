/** Accounts of the bot's host that are not the bot's; needs root for one of them. */
import { chmod, chown, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makePrivate } from '../../src/agent/private-file.ts';
import { readBotConfig } from '../../src/cli/config.ts';
import { checkFiles } from '../../src/cli/file-check.ts';

let directory: string;
const path = (...parts: string[]): string => join(directory, ...parts);
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aurora-files-'));
  await mkdir(path('state'), { mode: 0o700 });
  await writeFile(path('grant.pem'), 'a key', { mode: 0o600 });
  makePrivate(path('state', 'bot.sqlite'));
  await writeFile(
    path('bot.yaml'),
    `state: ./state
grantKey: ./grant.pem
slack: { mode: http }
clusters:
  - name: east
    auroraVersion: 0.22.0
    channel: C0EAST
    zookeeper: { servers: ["127.0.0.1:2181"], serversetPath: /aurora/scheduler, logGroupPath: /aurora/replicated-log }
    mesos: { masters: ["http://127.0.0.1:5050"] }
    hosts: [{ name: aurora-1, agent: "http://127.0.0.1:7071", advertised: aurora-1, httpPort: 8081, libprocess: "10.0.0.1:8083" }]
    policy: { approvers: [U1, U2] }
`,
  );
});
afterEach(() => rm(directory, { recursive: true }));

const check = async (): Promise<string> =>
  (await checkFiles(await readBotConfig(path('bot.yaml')), path('bot.yaml')))
    .map(({ message, hint }) => `${message} ${hint}`)
    .join('\n');

describe('checkFiles()', () => {
  it('says nothing of files that are the bot alone', async () => {
    expect(await check()).toBe('');
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'a key that others may read',
      () => chmod(path('grant.pem'), 0o644),
      /\(grantKey\) can be read.*chmod go-rwx/,
    ],
    [
      'a database that others may read',
      () => chmod(path('state', 'bot.sqlite'), 0o644),
      /bot\.sqlite \(the database\) can be read/,
    ],
    [
      'a configuration that others may change',
      () => chmod(path('bot.yaml'), 0o666),
      /can be changed.*chmod go-w/,
    ],
    ['a key of another account', () => chown(path('grant.pem'), 1000, 1000), /belongs to another account/],
    [
      'a directory that others may write to',
      () => chmod(directory, 0o777),
      /which leads to .* can be changed/,
    ],
    [
      'a key behind a link in a directory of others',
      async () => {
        await mkdir(path('open'));
        await chmod(path('open'), 0o777);
        await writeFile(path('open', 'real.pem'), 'a key', { mode: 0o600 });
        await rm(path('grant.pem'));
        await symlink(path('open', 'real.pem'), path('grant.pem'));
      },
      /open, which leads to grantKey .* can be changed/,
    ],
  ])('names %s', async (_what, spoil, words) => {
    await spoil();

    expect(await check()).toMatch(words);
  });

  it('takes a database of before away from others', async () => {
    await chmod(path('state', 'bot.sqlite'), 0o644);

    makePrivate(path('state', 'bot.sqlite'));

    expect(await check()).toBe('');
  });
});

it('HTTP mode listens on loopback unless it is told otherwise', async () => {
  expect((await readBotConfig(path('bot.yaml'))).slack).toEqual({
    mode: 'http',
    address: '127.0.0.1',
    port: 3000,
  });
});
