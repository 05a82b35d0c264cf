/** Where Slack's secrets come from, and that two places are never one too many without a word. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSecrets } from '../../src/cli/secrets.ts';
import { codeOf } from '../contracts/support.ts';

let directory: string;
let credentials: string;
const file = (name: string): string => join(directory, name);
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aurora-secrets-'));
  credentials = file('credentials');
  await mkdir(credentials);
  await writeFile(join(credentials, 'slack-bot-token'), 'xoxb-of-systemd');
  await writeFile(file('bot'), 'xoxb-of-a-file\n');
  await writeFile(file('empty'), '\n');
  await writeFile(file('two'), 'xoxb-1\nxoxb-2\n');
  await writeFile(file('long'), `xoxb-${'a'.repeat(5_000)}`);
});
afterAll(() => rm(directory, { recursive: true }));

const app = { SLACK_APP_TOKEN: 'xapp-1' };

describe('readSecrets()', () => {
  it.each<[string, () => NodeJS.ProcessEnv, string]>([
    ['a variable', () => ({ SLACK_BOT_TOKEN: 'xoxb-1' }), 'xoxb-1'],
    ['a file', () => ({ SLACK_BOT_TOKEN_FILE: file('bot') }), 'xoxb-of-a-file'],
    [
      'a file, beside an empty variable',
      () => ({ SLACK_BOT_TOKEN: '', SLACK_BOT_TOKEN_FILE: file('bot') }),
      'xoxb-of-a-file',
    ],
    ['a credential of systemd', () => ({ CREDENTIALS_DIRECTORY: credentials }), 'xoxb-of-systemd'],
  ])('takes a token from %s', async (_what, env, botToken) => {
    expect(await readSecrets({ ...app, ...env() }, 'socket')).toMatchObject({ botToken, appToken: 'xapp-1' });
  });

  it('names both places of a token that is given twice', async () => {
    const both = { ...app, SLACK_BOT_TOKEN: 'xoxb-1', CREDENTIALS_DIRECTORY: credentials };

    await expect(readSecrets(both, 'socket')).rejects.toMatchObject({
      code: 'secret-twice',
      message: expect.stringMatching(/the variable SLACK_BOT_TOKEN and by the credential slack-bot-token/),
    });
    expect(
      await codeOf(
        readSecrets({ ...app, SLACK_BOT_TOKEN: 'x', SLACK_BOT_TOKEN_FILE: file('bot') }, 'socket'),
      ),
    ).toBe('secret-twice');
  });

  it.each(['empty', 'two', 'long', 'none', ''])('a file that is "%s" holds no token', async (name) => {
    await expect(readSecrets({ ...app, SLACK_BOT_TOKEN_FILE: file(name) }, 'socket')).rejects.toMatchObject({
      code: 'secret-unreadable',
      message: expect.not.stringContaining('xoxb'),
    });
  });

  it('names the variable that is missing', async () => {
    await expect(readSecrets({ SLACK_BOT_TOKEN: 'xoxb-1' }, 'socket')).rejects.toThrow('SLACK_APP_TOKEN');
  });

  it('refuses an API address that is not on this machine', async () => {
    const env = { ...app, SLACK_BOT_TOKEN: 'x', SLACK_API_URL: 'http://slack.example.org/api/' };

    await expect(readSecrets(env, 'socket')).rejects.toThrow('not on this machine');
  });
});
