/** `config check --live` with a real agent behind it, and a ZooKeeper and a Mesos that are not there. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { generateGrantKeys } from '../../src/agent/grant-signer.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { readBotConfigLines } from '../../src/cli/config.ts';
import { checkLive } from '../../src/cli/live-check.ts';
import type { LiveFinding } from '../../src/cli/live-finding.ts';
import type { LocalSlack } from '../../src/local-slack/local-slack.ts';
import { type AgentInProcess, startAgentHere } from '../agent/support/agent-in-process.ts';
import { createTestHost, type TestHost } from '../agent/support/test-host.ts';
import { appToken, botToken, startWorld } from '../local-slack/world.ts';

let host: TestHost;
let agent: AgentInProcess;
let directory: string;
let slack: LocalSlack;
let slackEnv: NodeJS.ProcessEnv;
beforeAll(async () => {
  host = await createTestHost();
  agent = await startAgentHere(host);
  slack = await startWorld();
  slackEnv = { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_API_URL: slack.apiUrl };
  directory = await mkdtemp(join(tmpdir(), 'aurora-live-'));
  await writeFile(join(directory, 'grant.pem'), generateGrantKeys().privateKeyPem);
});
afterAll(async () => {
  await agent.close();
  await slack.close();
  await host.dispose();
  await rm(directory, { recursive: true });
});

const nowhere = '127.0.0.1:9';
const configured = async (changes: { host?: object; grantKey?: string } = {}): Promise<string> => {
  const path = join(directory, `bot-${randomUUID()}.yml`);
  await writeFile(
    path,
    stringify({
      state: './state',
      grantKey: changes.grantKey ?? './grant.pem',
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
              agent: agent.url,
              advertised: 'aurora-1',
              httpPort: 8081,
              libprocess: host.config.scheduler.libprocess,
              ...changes.host,
            },
          ],
          policy: { approvers: ['U0BO', 'U0CY'] },
        },
      ],
    }),
  );
  return path;
};
const live = async (changes?: Parameters<typeof configured>[0]): Promise<readonly LiveFinding[]> => {
  const { config, lineOf } = await readBotConfigLines(await configured(changes));
  return await checkLive(config, { clock: systemClock, env: slackEnv, lineOf });
};
const said = (findings: readonly LiveFinding[], verdict: LiveFinding['verdict']): string =>
  findings
    .filter((finding) => finding.verdict === verdict)
    .map(({ hosts, message }) => [...hosts, message].join(' '))
    .join('\n');

// Each waits for a ZooKeeper that is not there.
describe.concurrent('config check --live', () => {
  it('says everything that is wrong at once, and what is right', async () => {
    const findings = await live();

    expect(said(findings, 'refuse')).toMatch(/ZooKeeper/);
    expect(said(findings, 'refuse')).toMatch(/-native_log_quorum_size|paths|backup_dir/);
    expect(said(findings, 'warn')).toMatch(/Mesos/);
    expect(said(findings, 'pass')).toMatch(/1 of 1 agents answer/);
    expect(said(findings, 'pass')).toMatch(/grant\.pem is an Ed25519 key/);
    expect(said(findings, 'pass')).toMatch(/The bot is aurora of the workspace Acme\./);
    expect(said(findings, 'pass')).toMatch(/all 11 scopes of manifest\.yml/);
    expect(said(findings, 'pass')).toMatch(/The bot is in the channel/);
    expect(said(findings, 'refuse')).toMatch(/aurora-1 the agent does not trust the bot's grant key/);
  });

  it('names a port of the bot that is not the agent’s', async () => {
    const findings = await live({ host: { libprocess: '127.0.0.1:1' } });

    expect(said(findings, 'refuse')).toContain(
      `aurora-1 the agent has ${host.config.scheduler.libprocess} (scheduler.libprocess), and the bot has 127.0.0.1:1 (libprocess).`,
    );
  });

  it('names the line of the configuration that a finding is about', async () => {
    const path = await configured();
    const lines = (await readFile(path, 'utf8')).split('\n');
    const { config, lineOf } = await readBotConfigLines(path);

    const findings = await checkLive(config, { clock: systemClock, env: {}, lineOf });

    const lineAt = (check: string) => {
      const { line } = findings.find(({ name }) => name === check) ?? {};
      return line === undefined ? undefined : lines[line - 1]?.trim();
    };
    expect(lineAt('Slack tokens')).toBe('slack:');
    expect(lineAt('ZooKeeper groups readable')).toBe('zookeeper:');
    expect(lineAt('grant keys')).toBe('- name: aurora-1');
  });

  it('names an agent of another host', async () => {
    const findings = await live({ host: { name: 'aurora-7' } });

    expect(said(findings, 'refuse')).toMatch(
      /is configured here as that of aurora-7, and says that it is aurora-1\./,
    );
  });

  it('takes a host whose name is written in another case', async () => {
    expect(said(await live({ host: { name: 'Aurora-1' } }), 'pass')).toMatch(/1 of 1 agents answer/);
  });

  it.each([
    ['that does not exist', './none.pem', /none\.pem does not exist \(ENOENT\)\./],
    ['that is none', '/etc/hostname', /hostname is not an Ed25519 private key in PEM/],
  ])('names a key %s', async (_what, grantKey, sentence) => {
    expect(said(await live({ grantKey }), 'refuse')).toMatch(sentence);
  });

  it('is a program that ends with 1 when a restore would be refused', async () => {
    const program = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
    const path = await configured();

    const { code, stdout } = await new Promise<{ code: unknown; stdout: string }>((resolve) => {
      execFile(
        process.execPath,
        [program, 'config', 'check', '--live', '--config', path],
        { env: { ...process.env, ...slackEnv } },
        (error, out) => resolve({ code: error?.code ?? 0, stdout: out }),
      );
    });

    expect(code).toBe(1);
    expect(stdout).toMatch(/^pass {3}bot: .*\n[\s\S]*^refuse east/m);
  });
});
