/** The bot as it is packaged, started by a real systemd. Root only; see namespace-host.ts. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeOn } from '../../../src/drill/namespaces/namespace-host.ts';
import { appToken, botToken } from '../../local-slack/world.ts';
import { type BotHost, botUnit, createBotHost } from '../support/packaged-bot.ts';
import { until } from '../support/test-host.ts';

const tokenFile = '/etc/aurora-chatops-bot/secrets/slack-bot-token';

let host: BotHost;
beforeAll(async () => {
  host = await createBotHost();
});
afterAll(() => host.dispose());

const systemctl = (...words: string[]) => host.machine.run('systemctl', ...words, botUnit);
const readiness = async () => {
  const response = await fetch(`${host.url}/readyz`);
  return { status: response.status, text: await response.text() };
};

test('the unit is well-formed, and systemd finds little left to take away', async () => {
  const { machine } = host;
  const verified = await machine.run('systemd-analyze', 'verify', `/etc/systemd/system/${botUnit}`);
  const rated = await machine.ask('systemd-analyze', 'security', '--no-pager', botUnit);

  expect(`${verified.stdout}${verified.stderr}`).not.toContain(botUnit);
  expect(Number(/Overall exposure level for \S+: ([\d.]+)/.exec(rated)?.[1])).toBeLessThan(2);
});

test('a token that Slack refuses fails the start, with a sentence in the journal', async () => {
  writeOn(host.machine, tokenFile, 'xoxb-wrong', 0o600);
  await host.change('Restart=no');

  const started = await systemctl('start');
  const journal = await host.machine.ask('journalctl', '-u', botUnit, '-o', 'cat');

  expect(started.code).not.toBe(0);
  expect(journal).toContain('Slack refused the bot: invalid_auth');
  writeOn(host.machine, tokenFile, botToken, 0o600);
});

test('started is a bot to which Slack delivers, of an account of its own, with its secrets in no environment', async () => {
  const { machine } = host;
  await host.change('');

  const started = await systemctl('start');
  const [pid = 0] = machine.pidsOf(botUnit);
  const ready = await readiness();
  const environment = await machine.ask('cat', `/proc/${await host.ask('MainPID')}/environ`);
  const state = await machine.ask('stat', '-c', '%U %a', '/var/lib/aurora-chatops-bot');

  expect(started).toMatchObject({ code: 0, stderr: '' });
  expect(pid).toBeGreaterThan(0);
  expect(await host.ask('SubState')).toBe('running');
  expect(ready).toEqual({ status: 200, text: '{"ready":true,"missing":[]}\n' });
  expect(environment).not.toContain(botToken);
  expect(environment).not.toContain(appToken);
  expect(state.trim()).toBe('aurora-chatops-bot 700');
  await until(async () => (await host.ask('StatusText')) === 'runs', 'the status is told');
});

test('a bot whose event loop stands still is ended and started again', async () => {
  await host.change('WatchdogSec=3');
  await systemctl('restart');
  const pid = await host.ask('MainPID');

  await host.machine.ask('systemctl', 'kill', '--signal=SIGSTOP', botUnit);
  await until(async () => (await host.ask('NRestarts')) === '1', 'systemd starts the bot again');
  await until(async () => (await host.ask('SubState')) === 'running', 'the bot is ready again');

  expect(await host.ask('MainPID')).not.toBe(pid);
  expect((await readiness()).status).toBe(200);
});

test('without Slack it lives and is not ready, and it stops at once', async () => {
  await host.endSlack();
  await until(async () => (await readiness()).status === 503, 'it is noticed that Slack is gone');

  const { text } = await readiness();
  const health = await fetch(`${host.url}/healthz`);
  const stopped = await systemctl('stop');

  expect(text).toContain('{"part":"slack","says":"Slack does not deliver to the bot."}');
  expect(health.status).toBe(200);
  expect(stopped.code).toBe(0);
  expect(await host.ask('Result')).toBe('success');
});
