/** A bot whose start fails says why in one sentence, with a hint, and ends: under systemd it must not look alive. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { generateGrantKeys } from '../../src/agent/grant-signer.ts';
import type { LocalSlack } from '../../src/local-slack/local-slack.ts';
import { appToken, botToken, signingSecret, startWorld } from '../local-slack/world.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const nowhere = '127.0.0.1:9';

let directory: string;
let slack: LocalSlack;
/** Has a port that somebody else wants. */
let other: Server;
let taken: number;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aurora-start-'));
  await writeFile(join(directory, 'grant.pem'), generateGrantKeys().privateKeyPem);
  slack = await startWorld();
  other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  taken = address !== null && typeof address === 'object' ? address.port : 0;
});
afterAll(async () => {
  other.close();
  await slack.close();
  await rm(directory, { recursive: true });
});

const configuration = (changes: object) => ({
  state: './state',
  grantKey: './grant.pem',
  slack: { mode: 'socket' },
  clusters: [
    {
      name: 'east',
      auroraVersion: '0.22.0',
      channel: 'C0OPS',
      zookeeper: { servers: [nowhere], serversetPath: '/aurora/scheduler', logGroupPath: '/aurora/log' },
      mesos: { masters: [`http://${nowhere}`] },
      hosts: [
        {
          name: 'aurora-1',
          agent: `http://${nowhere}`,
          advertised: 'aurora-1',
          httpPort: 8081,
          libprocess: nowhere,
        },
      ],
      policy: { approvers: ['U0BO', 'U0CY'] },
    },
  ],
  ...changes,
});

/** Ends with the process: nothing here ends it. */
async function start(changes: object, env: object = {}): Promise<{ code: number | null; said: string }> {
  const path = join(directory, 'bot.yml');
  await writeFile(path, stringify(configuration(changes)));
  const bot: ChildProcess = spawn(process.execPath, [main, 'bot', '--config', path], {
    env: {
      ...process.env,
      SLACK_BOT_TOKEN: botToken,
      SLACK_APP_TOKEN: appToken,
      SLACK_SIGNING_SECRET: signingSecret,
      SLACK_API_URL: slack.apiUrl,
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => bot.once('close', resolve));
  const said = bot.stderr === null ? '' : await text(bot.stderr);
  return { code: await ended, said };
}

describe('a bot that cannot start ends, with', () => {
  it.each([
    [
      'a bot token that Slack refuses',
      {},
      { SLACK_BOT_TOKEN: 'xoxb-wrong' },
      /Slack refused the bot: invalid_auth[\s\S]*\(xoxb-\)/,
    ],
    [
      'an app token that Slack refuses',
      {},
      { SLACK_APP_TOKEN: 'xapp-wrong' },
      /Slack refused the bot: invalid_auth[\s\S]*\(xapp-/,
    ],
    ['no bot token', {}, { SLACK_BOT_TOKEN: '' }, /SLACK_BOT_TOKEN is not set/],
    ['a grant key that does not exist', { grantKey: './none.pem' }, {}, /none\.pem/],
  ])('%s', async (_what, changes, env, sentence) => {
    const { code, said } = await start(changes, env);

    expect(code).toBe(1);
    expect(said).toMatch(sentence);
    expect(said.trim().split('\n')).toHaveLength(2);
  });

  it.each([
    ['Slack’s deliveries', (port: number) => ({ slack: { mode: 'http', port } }), /slack\.port/],
    ['metrics', (port: number) => ({ metrics: { listen: `127.0.0.1:${port}` } }), /metrics\.listen/],
  ])('the port of %s taken', async (_what, changes, key) => {
    const { code, said } = await start(changes(taken));

    expect(code).toBe(1);
    expect(said).toContain(String(taken));
    expect(said).toMatch(key);
    expect(said.trim().split('\n')).toHaveLength(2);
  });
});
