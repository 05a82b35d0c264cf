/**
 * A host that proves backups in namespaces of this machine: directories of its own below /opt (a proof has a /tmp of its own, so nothing
 * of it may lie there), an account without rights, and the Aurora of `alone.ts`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { z } from 'zod';
import { type AgentConfig, parseAgentConfig } from '../../../../src/agent/config.ts';
import { type BackupProof, backupProofSchema } from '../../../../src/aurora/proof.ts';
import { createGrants, type Grants } from '../../support/grants.ts';

const main = fileURLToPath(new URL('../../../../src/cli/main.ts', import.meta.url));
const aurora = fileURLToPath(new URL('../../../../src/pretend-aurora/programs/alone.ts', import.meta.url));
const parent = '/opt';
/** `nobody` of every Linux. */
const account = { name: 'nobody', uid: 65_534 };

export interface ProvingHost extends Grants {
  readonly dir: string;
  readonly configPath: string;
  readonly config: AgentConfig;
  path(...parts: string[]): string;
  /** Copies a file into the backup directory under the name of a backup; answers that name. */
  addBackup(file: string, minute: number): string;
  /** `agent prove` of this source tree, to its end. */
  prove(name?: string): Promise<{ code: number | null; proofs: readonly BackupProof[]; stderr: string }>;
  /** The same, still running; `kill` it. */
  start(name?: string): { readonly pid: number; readonly ended: Promise<number | null>; kill(): void };
  dispose(): void;
}

const auroraProgram = (program: string, release: string): string[] => [
  process.execPath,
  aurora,
  program,
  release,
];

/** `prove` is what differs from the configuration of proofs; `release` is the Aurora that is installed. */
export function createProvingHost({
  prove = {},
  release = '0.22.0',
}: {
  /** Gets the paths of the host. */
  prove?: Record<string, unknown> | ((path: (name: string) => string) => Record<string, unknown>);
  release?: string;
} = {}): ProvingHost {
  const dir = mkdtempSync(join(parent, 'aurora-prove-'));
  const path = (...parts: string[]): string => join(dir, ...parts);
  for (const name of ['storage', 'storage/db', 'storage/backups']) {
    mkdirSync(path(name));
    chownSync(path(name), account.uid, account.uid);
  }
  writeFileSync(path('storage/db/CURRENT'), 'the log of the cluster');
  writeFileSync(path('flags'), '-cluster_name=east\n-mesos_master_address=zk://zk:2181/mesos\n');
  const grants = createGrants();
  const config = {
    host: 'aurora-1',
    cluster: 'east',
    listen: '127.0.0.1:0',
    auroraVersion: release,
    trust: { publicKeys: [grants.publicKey], requireEpoch: false },
    scheduler: { httpAddress: '127.0.0.1', httpPort: 18_081, libprocess: '127.0.0.1:18083' },
    paths: {
      log: path('storage/db'),
      backups: path('storage/backups'),
      flags: path('flags'),
      state: path('state'),
      mesosLog: process.execPath,
    },
    drivers: {
      service: {
        kind: 'command',
        start: ['/bin/true'],
        stop: ['/bin/true'],
        kill: ['/bin/true'],
        status: ['/bin/echo', '{"state":"running","pid":1}'],
      },
      traffic: { kind: 'none' },
      flags: { kind: 'flag-file' },
      initializeLog: { kind: 'command', argv: ['/bin/true', '{path}'] },
    },
    prove: {
      isolation: { kind: 'unshare' },
      directory: path('run'),
      account: account.name,
      scheduler: { argv: [...auroraProgram('scheduler', release), '{flags}'] },
      initializeLog: { argv: [...auroraProgram('mesos-log', release), 'initialize', '--path={path}'] },
      recoveryTool: {
        argv: [
          ...auroraProgram('recovery-tool', release),
          ...['-from=BACKUP', '-to=LOG', '-backup={backup}', '{flags}'],
        ],
      },
      aliveSeconds: 1,
      memoryMib: 1_024,
      seconds: 120,
      ...(typeof prove === 'function' ? prove(path) : prove),
    },
  };
  const configPath = path('agent.yaml');
  const text = stringify(config);
  writeFileSync(configPath, text);
  mkdirSync(path('state'), { mode: 0o700 });

  const spawnProve = (name?: string) =>
    spawn(
      process.execPath,
      [main, 'agent', 'prove', '--json', '--config', configPath, ...(name === undefined ? [] : [name])],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
  return {
    ...grants,
    ...{ dir, configPath, path, config: parseAgentConfig(text, configPath) },
    addBackup: (file, minute) => {
      const name = `scheduler-backup-2026-11-23-16-${String(minute).padStart(2, '0')}`;
      copyFileSync(file, path('storage/backups', name));
      return name;
    },
    prove: (name) =>
      new Promise((resolve) => {
        const child = spawnProve(name);
        let stdout = '';
        let stderr = '';
        child.stdout.on('data', (chunk: Buffer) => {
          stdout += chunk.toString();
        });
        child.stderr.on('data', (chunk: Buffer) => {
          stderr += chunk.toString();
        });
        child.on('close', (code) => {
          const lines = stdout.split('\n').filter(Boolean);
          const proofs = z.array(backupProofSchema).parse(lines.map((line): unknown => JSON.parse(line)));
          resolve({ code, proofs, stderr });
        });
      }),
    start: (name) => {
      const child = spawnProve(name);
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
      return { pid: child.pid ?? 0, ended, kill: () => child.kill('SIGKILL') };
    },
    dispose: () => {
      if (basename(dir).startsWith('aurora-prove-')) rmSync(dir, { recursive: true });
    },
  };
}

/** Connects to `address:port`, from here. */
export async function knock(address: string): Promise<void> {
  const [host = '', port = ''] = address.split(':');
  const socket = connect({ host, port: Number(port) });
  await once(socket, 'close');
}
