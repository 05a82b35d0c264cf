/** A host of its own in a temporary directory: files, commands that are real processes, keys, and its configuration. */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { type AgentConfig, parseAgentConfig } from '../../../src/agent/config.ts';
import { generateGrantKeys } from '../../../src/agent/grant-signer.ts';
import { createGrants, type Grants } from './grants.ts';

const commandProgram = fileURLToPath(new URL('host-command.ts', import.meta.url));
const lookProgram = fileURLToPath(new URL('host-look.sh', import.meta.url));
const schedulerProgram = fileURLToPath(new URL('pretend-scheduler.ts', import.meta.url));

export const backupName = 'scheduler-backup-2026-11-23-16-38';
export const backupFixture = fileURLToPath(
  new URL(`../../fixtures/backups/real/${backupName}`, import.meta.url),
);
export const flagText =
  '# east\n-cluster_name=east\n-mesos_master_address=zk://zk:2181/mesos\n-backup_dir=/b\n';

const keys = generateGrantKeys();

export interface TestHost extends Grants {
  readonly dir: string;
  readonly config: AgentConfig;
  readonly configPath: string;
  readonly backupSha256: string;
  path(...parts: string[]): string;
  /** `<operation id> <verb>` of every command that had its effect. */
  effects(): Promise<readonly string[]>;
  /** Names of the Thrift calls that the pretend scheduler got. */
  calls(): Promise<readonly string[]>;
  startSchedulerByHand(): Promise<number>;
  dispose(): Promise<void>;
}

/** `stubborn`: the scheduler ignores SIGTERM. `prepare` gets the directory while it is empty. */
export async function createTestHost(
  options: { stubborn?: boolean; prepare?: (dir: string) => Promise<void> } = {},
): Promise<TestHost> {
  const dir = await mkdtemp(join(tmpdir(), 'aurora-agent-'));
  await options.prepare?.(dir);
  const path = (...parts: string[]): string => join(dir, ...parts);
  const [httpPort, libprocessPort] = await Promise.all([freePort(), freePort()]);
  await Promise.all([mkdir(path('db')), mkdir(path('backups'))]);
  for (const name of ['CURRENT', 'LOCK', 'LOG', 'MANIFEST-000007', '000009.log', '000011.ldb']) {
    await writeFile(path('db', name), `old ${name}`);
  }
  await writeFile(path('flags'), flagText, { mode: 0o640 });
  const backup = await readFile(backupFixture);
  await writeFile(path('backups', backupName), backup);
  await writeFile(
    path('scheduler.json'),
    JSON.stringify([
      process.execPath,
      schedulerProgram,
      JSON.stringify({ dir, log: path('db'), httpPort, libprocessPort, stubborn: options.stubborn === true }),
    ]),
  );
  const command = (verb: string, ...rest: string[]): string[] => [
    process.execPath,
    commandProgram,
    dir,
    verb,
    ...rest,
  ];
  const lookAt = (what: 'service' | 'traffic'): string[] => ['/bin/sh', lookProgram, what, dir];
  const configText = stringify({
    host: 'aurora-1',
    cluster: 'east',
    listen: '127.0.0.1:0',
    auroraVersion: '0.22.0',
    // Requests of most tests are made before the agent has told its epoch; epochs.test.ts has those that name it.
    trust: { publicKeys: [keys.publicKey], requireEpoch: false },
    scheduler: { httpAddress: '127.0.0.1', httpPort, libprocess: `127.0.0.1:${libprocessPort}` },
    paths: {
      log: path('db'),
      backups: path('backups'),
      flags: path('flags'),
      state: path('state'),
      mesosLog: process.execPath,
    },
    drivers: {
      service: {
        kind: 'command',
        start: command('start'),
        stop: command('stop'),
        kill: command('kill'),
        status: lookAt('service'),
      },
      traffic: {
        kind: 'command',
        block: command('block'),
        unblock: command('unblock'),
        status: lookAt('traffic'),
      },
      flags: { kind: 'flag-file' },
      initializeLog: { kind: 'command', argv: command('initialize', '--path={path}') },
      recoveryTool: {
        kind: 'command',
        program: commandProgram,
        argv: command('recovery-tool', '-from=BACKUP', '-to=LOG', '-backup={backup}', '{flags}'),
      },
    },
    bounds: {
      pollMs: 20,
      startMs: 20_000,
      killMs: 20_000,
      schedulerMs: 20_000,
      stagingMs: 1_000,
      commitMs: 1_000,
    },
  });
  const configPath = path('agent.yaml');
  await writeFile(configPath, configText);
  return {
    ...createGrants(keys),
    dir,
    configPath,
    config: parseAgentConfig(configText, configPath),
    backupSha256: createHash('sha256').update(backup).digest('hex'),
    path,
    effects: () => readLines(path('effects.log')),
    calls: () => readLines(path('calls.log')),
    startSchedulerByHand: async () => {
      const [program = '', ...args] = JSON.parse(await readFile(path('scheduler.json'), 'utf8')) as string[];
      const child = spawn(program, args, { detached: true, stdio: 'ignore' });
      await writeFile(path('scheduler.pid'), String(child.pid));
      await until(() => isListening(httpPort), 'the pretend scheduler listens');
      await until(() => isListening(libprocessPort), 'the pretend scheduler listens');
      return child.pid ?? 0;
    },
    dispose: async () => {
      const pid = Number(await readFile(path('scheduler.pid'), 'utf8').catch(() => '0'));
      if (pid > 0) tryKill(pid);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Waits for a condition of the outside world, looking every few milliseconds, at most 20 s. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const endsAt = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > endsAt) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export async function readLines(path: string): Promise<readonly string[]> {
  if (!existsSync(path)) return [];
  return (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function isListening(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
