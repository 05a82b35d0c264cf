/** `config check --live` with a real agent behind it, and a ZooKeeper and a Mesos that are not there. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { generateGrantKeys } from '../../src/agent/grant-signer.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { readBotConfig } from '../../src/cli/config.ts';
import { checkLive, type LiveFinding } from '../../src/cli/live-check.ts';
import { type AgentInProcess, startAgentHere } from '../agent/support/agent-in-process.ts';
import { createTestHost, type TestHost } from '../agent/support/test-host.ts';

let host: TestHost;
let agent: AgentInProcess;
let directory: string;
beforeAll(async () => {
  host = await createTestHost();
  agent = await startAgentHere(host);
  directory = await mkdtemp(join(tmpdir(), 'aurora-live-'));
  await writeFile(join(directory, 'grant.pem'), generateGrantKeys().privateKeyPem);
});
afterAll(async () => {
  await agent.close();
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
          channel: 'C0EAST',
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
          policy: { approvers: ['U1', 'U2'] },
        },
      ],
    }),
  );
  return path;
};
const live = async (changes?: Parameters<typeof configured>[0]): Promise<readonly LiveFinding[]> =>
  await checkLive(await readBotConfig(await configured(changes)), systemClock);
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
  });

  it('names a port of the bot that is not the agent’s', async () => {
    const findings = await live({ host: { libprocess: '127.0.0.1:1' } });

    expect(said(findings, 'refuse')).toContain(
      `aurora-1 the agent has ${host.config.scheduler.libprocess} (scheduler.libprocess), and the bot has 127.0.0.1:1 (libprocess).`,
    );
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
    ['that is none', '/etc/hostname', /hostname holds no private key/],
  ])('names a key %s', async (_what, grantKey, sentence) => {
    expect(said(await live({ grantKey }), 'refuse')).toMatch(sentence);
  });

  it('is a program that ends with 1 when a restore would be refused', async () => {
    const program = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
    const path = await configured();

    const { code, stdout } = await new Promise<{ code: unknown; stdout: string }>((resolve) => {
      execFile(process.execPath, [program, 'config', 'check', '--live', '--config', path], (error, out) =>
        resolve({ code: error?.code ?? 0, stdout: out }),
      );
    });

    expect(code).toBe(1);
    expect(stdout).toMatch(/^pass {3}bot: .*\n[\s\S]*^refuse east/m);
  });
});
