/**
 * Hosts that are namespaces of this machine: three with an address, a root, processes and a systemd each. Their schedulers
 * and agents are units, traffic is blocked by nftables, agents speak TLS over the network, and power and cable can be lost.
 * Everything of them ends with the process that made them.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { packageRoot } from '../../agent/package-root.ts';
import { hostPaths } from '../../pretend-aurora/host/host-dir.ts';
import type { DrillHost, DrillHosts, RunningHost } from '../hosts/drill-hosts.ts';
import type { SupervisedProgram } from '../world/supervisor.ts';
import { agentCommand, writeAgentFiles } from './agent-files.ts';
import { createAuthority } from './certificates.ts';
import { readHostEffects } from './host-effects.ts';
import {
  agentUnit,
  directoriesOf,
  filterWitnessUnit,
  onHost,
  proveUnit,
  schedulerUnit,
} from './host-places.ts';
import { createNamespaceHost, type NamespaceHost, writeOn } from './namespace-host.ts';
import { createNetwork } from './network.ts';
import { refuseUnlessPossible } from './requirements.ts';
import { defaultFile, schedulerUnitText, startupScript } from './scheduler-files.ts';
import { waitFor } from './wait-for.ts';

/** The first host's place in the network; the others follow. */
const firstPlace = 11;
const ports = { httpPort: 8081, libprocessPort: 8083, agentPort: 8090 };

/** Their network is there, nothing else is started. AuroraError `namespaces-unavailable` when this user or machine cannot. */
export async function namespaceHosts({ directory }: { directory: string }): Promise<DrillHosts> {
  refuseUnlessPossible();
  const network = await createNetwork();
  const authority = await createAuthority(join(directory, 'ca'), 'drill');
  const bot = await authority.issue('bot', { for: 'client' });
  const machines = new Map<string, NamespaceHost>();
  let networkStands = true;

  return {
    kind: 'namespaces',
    machineAddress: network.address,
    installedAt: onHost.home,
    agentTls: { ca: authority.certPath, cert: bot.certPath, key: bot.keyPath },
    findAddresses: async (count) =>
      Array.from({ length: count }, (_, index) => {
        const { ip } = network.addressOf(firstPlace + index);
        // Clients come in by the scheduler's own port; nftables stands before it.
        return { ip, edgeIp: ip, ...ports };
      }),
    install: async (host, world) => {
      const directories = directoriesOf(host);
      for (const path of Object.values(directories)) mkdirSync(path, { recursive: true });
      const { flags } = hostPaths(host.directory);
      writeFileSync(
        join(directories[onHost.defaults], 'aurora-scheduler'),
        defaultFile(readFileSync(flags, 'utf8')),
      );
      rmSync(flags);
      await writeAgentFiles(host, world, authority);
    },
    start: async (hosts) => {
      const started = await Promise.allSettled(
        hosts.map(async (host, index) => {
          const machine = await createNamespaceHost({
            name: host.name,
            plug: { network, place: firstPlace + index },
            directories: directoriesOf(host),
          });
          machines.set(host.name, machine);
          await setUp(machine);
          return besides(host, machine);
        }),
      );
      return started.map((outcome) => {
        if (outcome.status === 'rejected') throw outcome.reason;
        return outcome.value;
      });
    },
    startAgents: async (hosts) =>
      await Promise.all(
        hosts.map(async (host) => {
          const machine = machines.get(host.name);
          if (machine === undefined) throw new Error(`${host.name} was not started`);
          await machine.ask('systemctl', 'enable', '--now', agentUnit);
          await waitFor(`the agent of ${host.name} to listen`, () =>
            listens(host.address.ip, ports.agentPort),
          );
          return agentOf(host, machine);
        }),
      ),
    stop: async () => {
      await Promise.all([...machines.values()].map((machine) => machine.dispose()));
      machines.clear();
      if (networkStands) await network.dispose();
      networkStands = false;
    },
  };
}

/** As an administrator would: an account, the units, and a scheduler that starts with the host. */
async function setUp(machine: NamespaceHost): Promise<void> {
  const { home, units } = onHost;
  writeOn(machine, '/usr/local/bin/aurora-chatops', agentCommand, 0o755);
  writeOn(machine, '/usr/local/sbin/aurora-scheduler-startup', startupScript(), 0o755);
  writeOn(machine, `${units}/${schedulerUnit}`, schedulerUnitText);
  writeOn(machine, `${units}/${filterWitnessUnit}`, filterWitnessText);
  for (const unit of [agentUnit, proveUnit]) {
    copyFileSync(join(packageRoot(), 'packaging', unit), machine.file(`${units}/${unit}`));
  }
  await machine.ask('useradd', '--system', '--home-dir', home, '--no-create-home', 'aurora');
  await machine.ask('useradd', '--system', 'aurora-prove');
  await machine.ask('touch', `${home}/effects.jsonl`);
  await machine.ask('chown', '-R', 'aurora:aurora', home);
  await machine.ask('systemctl', 'daemon-reload');
  await machine.ask('systemctl', 'enable', '--now', filterWitnessUnit, schedulerUnit);
}

/** Everything that the kernel's packet filter is told, into the journal. */
const filterWitnessText = `[Unit]
Description=Witness of this host's packet filter
Before=${agentUnit}

[Service]
ExecStart=/usr/sbin/nft monitor
Restart=always
RestartSec=1

[Install]
WantedBy=multi-user.target
`;

function besides(host: DrillHost, machine: NamespaceHost): RunningHost {
  const directories = directoriesOf(host);
  const { log, backups } = hostPaths(host.directory);
  return {
    ...host,
    paths: {
      log,
      backups,
      flags: join(directories[onHost.defaults], 'aurora-scheduler'),
      held: join(directories[onHost.agentState], 'held'),
    },
    isSchedulerRunning: async () =>
      (await machine.run('systemctl', 'is-active', schedulerUnit)).stdout.trim() === 'active',
    readTraffic: async () => {
      const rules = await machine.ask('nft', 'list', 'ruleset');
      return rules.includes('reject') ? 'blocked' : 'open';
    },
    readEffects: () => readHostEffects(host, machine),
    machine,
  };
}

/** Its systemd keeps it running; who wants to kill it needs the pid that this machine has for it. */
function agentOf(host: DrillHost, machine: NamespaceHost): SupervisedProgram {
  let restarts = 0;
  let last = agentPid(machine);
  const look = (): number | null => {
    const pid = agentPid(machine);
    if (pid !== null && pid !== last) {
      restarts += 1;
      last = pid;
    }
    return pid;
  };
  return {
    name: `agent ${host.name}`,
    pid: look,
    crashes: () => {
      look();
      return restarts;
    },
    stop: async () => {
      await machine.ask('systemctl', 'stop', agentUnit);
    },
  };
}

function agentPid(machine: NamespaceHost): number | null {
  const isAgent = (pid: number): boolean => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('\0agent\0run\0');
    } catch {
      return false;
    }
  };
  return machine.pidsOf(agentUnit).find(isAgent) ?? null;
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}
