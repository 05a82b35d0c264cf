/** The bot as it is packaged: its own unit and account, with secrets as credentials of systemd, beside a local Slack of the host. */
import { once } from 'node:events';
import { copyFileSync, mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { generateGrantKeys } from '../../../src/agent/grant-signer.ts';
import {
  createNamespaceHost,
  type NamespaceHost,
  writeOn,
} from '../../../src/drill/namespaces/namespace-host.ts';
import { appToken, botToken } from '../../local-slack/world.ts';

export const botUnit = 'aurora-chatops-bot.service';
const packaged = fileURLToPath(new URL(`../../../packaging/${botUnit}`, import.meta.url));
const nowhere = '127.0.0.1:9';

export interface BotHost {
  readonly machine: NamespaceHost;
  /** Of health and metrics. */
  readonly url: string;
  /** Adds to the unit what a test has no time for, or takes away. */
  change(lines: string): Promise<void>;
  /** A property of the unit. */
  ask(property: string): Promise<string>;
  endSlack(): Promise<void>;
  dispose(): Promise<void>;
}

/** As an administrator does it by the comments of the unit; the bot is not started. */
export async function createBotHost(): Promise<BotHost> {
  const machine = await createNamespaceHost();
  const listen = `${machine.address}:9464`;
  // As systemd does it on a machine and not in a container: credentials are mounted by a child of it.
  await machine.ask('mount', '--make-rshared', '/');
  const slack = machine.start(['/usr/local/bin/node', '/opt/aurora-chatops/test/local-slack/main.ts']);
  const slackGone = once(slack, 'exit');
  if (slack.stdout === null) throw new Error('the local Slack has no output');
  let apiUrl = '';
  let slackPid = '';
  for await (const line of createInterface({ input: slack.stdout })) {
    [apiUrl = '', slackPid = ''] = line.split(' ');
    break;
  }
  const account = ['--system', '--home-dir', '/var/lib/aurora-chatops-bot', '--no-create-home'];
  await machine.ask('useradd', ...account, 'aurora-chatops-bot');
  mkdirSync(machine.file('/etc/aurora-chatops-bot/secrets'), { recursive: true });
  await machine.ask('chmod', '700', '/etc/aurora-chatops-bot/secrets');
  const secrets = {
    'slack-bot-token': botToken,
    'slack-app-token': appToken,
    'grant-key': generateGrantKeys().privateKeyPem,
  };
  for (const [name, secret] of Object.entries(secrets))
    writeOn(machine, `/etc/aurora-chatops-bot/secrets/${name}`, secret, 0o600);
  writeOn(machine, '/etc/aurora-chatops-bot/bot.yml', stringify(configuration(listen)));
  writeOn(
    machine,
    '/usr/local/bin/aurora-chatops',
    '#!/bin/sh\nexec /usr/local/bin/node /opt/aurora-chatops/src/cli/main.ts "$@"\n',
    0o755,
  );
  copyFileSync(packaged, machine.file(`/etc/systemd/system/${botUnit}`));
  const change = async (lines: string): Promise<void> => {
    mkdirSync(machine.file(`/etc/systemd/system/${botUnit}.d`), { recursive: true });
    writeOn(
      machine,
      `/etc/systemd/system/${botUnit}.d/test.conf`,
      `[Service]\nEnvironment=SLACK_API_URL=${apiUrl}\n${lines}\n`,
    );
    await machine.ask('systemctl', 'daemon-reload');
  };
  await change('');
  return {
    machine,
    url: `http://${listen}`,
    change,
    ask: async (property) => (await machine.ask('systemctl', 'show', botUnit, '-P', property)).trim(),
    endSlack: async () => {
      await machine.ask('kill', '-KILL', slackPid);
      await slackGone;
    },
    dispose: () => machine.dispose(),
  };
}

const configuration = (listen: string) => ({
  state: '/var/lib/aurora-chatops-bot',
  grantKey: `/run/credentials/${botUnit}/grant-key`,
  slack: { mode: 'socket' },
  metrics: { listen },
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
});
