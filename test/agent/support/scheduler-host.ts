/**
 * A namespace host as an administrator sets one up: an account `aurora`, a scheduler with its log and backups, an agent with
 * certificates, and a client for it on this machine. Everything that is configured is a default of the test that asks.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { stringify } from 'yaml';
import type { ClientTls } from '../../../src/agent/agent-http.ts';
import { connectAgent } from '../../../src/agent/client.ts';
import type { HostAgent } from '../../../src/aurora/hosts.ts';
import type { OperationKind } from '../../../src/aurora/operations.ts';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import { type Authority, createAuthority } from '../../../src/drill/namespaces/certificates.ts';
import {
  createNamespaceHost,
  type NamespaceHost,
  writeOn,
} from '../../../src/drill/namespaces/namespace-host.ts';
import { clientTls } from './client-tls.ts';
import { createGrants, type Grants } from './grants.ts';
import { backupFixture, backupName, until } from './test-host.ts';

export interface SchedulerHost extends Grants {
  readonly machine: NamespaceHost;
  readonly backupSha256: string;
  readonly httpPort: number;
  readonly libprocessPort: number;
  /** Speaks TLS to the agent's address on the network. */
  readonly client: HostAgent;
  readonly url: string;
  readonly tls: ClientTls;
  /** Of the agent's certificate and its clients'. */
  readonly authority: Authority;
  /** Starts the agent of this source tree; with `hold`, that kind never comes back from before, or after, its effect. */
  startAgent(hold?: { kind: OperationKind; when: 'before' | 'after' }): Promise<AgentOnHost>;
  /** Lines of a file of the host, empty when there is none. */
  lines(path: string): readonly string[];
  dispose(): Promise<void>;
}

export interface AgentOnHost {
  /** Resolves when the operation has come to the place where it waits. */
  held(): Promise<void>;
  kill(): Promise<void>;
}

export const home = '/var/lib/aurora';
const source = '/opt/aurora-chatops/test/agent/support';
const httpPort = 8081;
const libprocessPort = 8083;
const agentPort = 8090;
const configPath = '/etc/aurora-chatops/agent.yaml';

export const defaultFile = `GLOG_v=0
CLUSTER_NAME="east"
MESOS_MASTER="zk://zk:2181/mesos"
BACKUP_DIR="${home}/scheduler/backups"
EXTRA_SCHEDULER_ARGS="-max_registration_delay=1mins"
`;

/**
 * Debian's way: a startup script that reads `/etc/default` and turns itself into the scheduler. With a duration that no
 * release takes, that is a process which ends within moments.
 */
const startup = `#!/bin/bash
source /etc/default/aurora-scheduler
scheduler=(/usr/local/bin/node ${source}/pretend-scheduler.ts "$(cat ${home}/scheduler.json)")
[[ $EXTRA_SCHEDULER_ARGS != *min ]] || scheduler=(/bin/bash -c 'sleep 0.2; exit 1' scheduler)
exec "\${scheduler[@]}" \\
  -cluster_name="$CLUSTER_NAME" -mesos_master_address="$MESOS_MASTER" -backup_dir="$BACKUP_DIR" $EXTRA_SCHEDULER_ARGS
`;

/** `drivers` are those of the configuration that differ from systemd, nftables and `/etc/default`. */
export async function createSchedulerHost(
  options: { drivers?: Record<string, unknown>; flags?: string; prove?: Record<string, unknown> } = {},
): Promise<SchedulerHost> {
  const machine = await createNamespaceHost();
  const { address } = machine;
  const grants = createGrants();
  await machine.ask('useradd', '--system', '--home-dir', home, '--create-home', 'aurora');
  for (const path of ['scheduler/db', 'scheduler/backups']) {
    await machine.ask('install', '-d', '-o', 'aurora', '-g', 'aurora', '-m', '750', `${home}/${path}`);
  }
  for (const name of ['CURRENT', 'LOCK', 'LOG', 'MANIFEST-000007', '000009.log', '000011.ldb']) {
    writeOn(machine, `${home}/scheduler/db/${name}`, `old ${name}`, 0o644);
  }
  await cp(backupFixture, machine.file(`${home}/scheduler/backups/${backupName}`));
  await machine.ask('chown', '-R', 'aurora:aurora', home);
  await mkdir(machine.file('/etc/aurora-chatops'), { recursive: true });
  const authority = await createAuthority(machine.file('/etc/aurora-chatops/ca'), 'ours');
  const server = await authority.issue('aurora-1', { for: 'server', names: [address] });
  const bot = await authority.issue('bot', { for: 'client' });
  const tls = clientTls(authority, bot);
  const onHost = (path: string): string => path.slice(machine.file('/').length - 1);

  writeOn(machine, `${home}/scheduler.json`, JSON.stringify(schedulerOptions));
  writeOn(machine, '/usr/local/sbin/aurora-scheduler-startup', startup, 0o755);
  writeOn(machine, '/etc/default/aurora-scheduler', defaultFile, 0o644);
  writeOn(
    machine,
    configPath,
    stringify({
      host: 'aurora-1',
      cluster: 'east',
      listen: `${address}:${agentPort}`,
      tls: {
        cert: onHost(server.certPath),
        key: onHost(server.keyPath),
        clientCa: onHost(authority.certPath),
      },
      auroraVersion: '0.22.0',
      trust: { publicKeys: [grants.publicKey], requireEpoch: false },
      scheduler: { httpAddress: '127.0.0.1', httpPort, libprocess: `${address}:${libprocessPort}` },
      paths: {
        log: `${home}/scheduler/db`,
        backups: `${home}/scheduler/backups`,
        flags: options.flags ?? '/etc/default/aurora-scheduler',
        state: '/var/lib/aurora-chatops',
        mesosLog: '/usr/local/bin/node',
      },
      drivers: {
        service: { kind: 'systemd', unit: 'aurora-scheduler.service' },
        traffic: { kind: 'nftables' },
        flags: { kind: 'shell-variables' },
        initializeLog: {
          kind: 'command',
          argv: [
            '/usr/sbin/runuser',
            '-u',
            'aurora',
            '--',
            '/usr/local/bin/node',
            `${source}/host-command.ts`,
            home,
            'initialize',
            '--path={path}',
          ],
        },
        ...options.drivers,
      },
      ...(options.prove !== undefined && { prove: options.prove }),
      bounds: { pollMs: 50, startMs: 6_000, killMs: 10_000, settleMs: 500 },
    }),
    0o600,
  );
  const url = `https://${address}:${agentPort}`;
  const lines = (path: string): readonly string[] => {
    try {
      return readFileSync(machine.file(path), 'utf8')
        .split('\n')
        .filter((line) => line !== '');
    } catch {
      return [];
    }
  };

  return {
    ...grants,
    machine,
    backupSha256: createHash('sha256').update(readFileSync(backupFixture)).digest('hex'),
    httpPort,
    libprocessPort,
    url,
    tls,
    authority,
    client: connectAgent({
      host: 'aurora-1',
      url,
      deadlineMs: 30_000,
      clock: systemClock,
      tls,
    }),
    lines,
    startAgent: async (hold) => {
      const marker = `/run/held-${hold?.when ?? ''}`;
      await rm(machine.file(marker), { force: true });
      const args = hold === undefined ? [] : [hold.kind, hold.when, marker];
      const child = machine.start(['/usr/local/bin/node', `${source}/agent-process.ts`, configPath, ...args]);
      let said = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      await until(() => {
        if (child.exitCode !== null) throw new Error('the agent of the host ended before it listened');
        return /pid \d+\n/.test(said);
      }, 'the agent of the host listens');
      const pid = /pid (\d+)/.exec(said)?.[1] ?? '';
      return {
        held: () => until(() => existsSync(machine.file(marker)), 'the operation comes to its hold'),
        kill: async () => {
          if (child.exitCode !== null || child.signalCode !== null) return;
          const gone = once(child, 'exit');
          // The process that went in for us stays outside; its child is the agent.
          await machine.run('kill', '-9', pid);
          await gone;
        },
      };
    },
    dispose: () => machine.dispose(),
  };
}

const schedulerOptions = {
  dir: home,
  log: `${home}/scheduler/db`,
  httpPort,
  libprocessPort,
  stubborn: false,
  address: '::',
};
