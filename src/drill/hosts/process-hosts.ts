/** Hosts that are processes of this machine: a scheduler, an edge and an agent each, told apart by loopback addresses. */
import fs from 'node:fs';
import { join } from 'node:path';
import { startEdge } from '../../pretend-aurora/host/edge.ts';
import { readEffects } from '../../pretend-aurora/host/effects.ts';
import { hostPaths } from '../../pretend-aurora/host/host-dir.ts';
import { readStatus, signalScheduler, startScheduler } from '../../pretend-aurora/host/scheduler-service.ts';
import { readTraffic } from '../../pretend-aurora/host/traffic.ts';
import { findHostAddresses } from '../world/addresses.ts';
import { agentConfig, programOf } from '../world/config-files.ts';
import { type ProgramOptions, startAgentProgram } from '../world/programs.ts';
import type { DrillHost, DrillHosts, RunningHost } from './drill-hosts.ts';

/** Nothing is started yet. */
export function processHosts(options: ProgramOptions): DrillHosts {
  const stops: (() => Promise<unknown>)[] = [];
  return {
    kind: 'processes',
    machineAddress: '127.0.0.1',
    installedAt: null,
    agentTls: null,
    findAddresses: (count) => findHostAddresses(count, process.pid),
    install: (host, world) => fs.writeFileSync(join(host.directory, 'agent.yml'), agentConfig(host, world)),
    start: async (hosts, fresh) => {
      for (const host of hosts) {
        const paths = hostPaths(host.directory);
        const { ip, edgeIp, httpPort } = host.address;
        if (edgeIp !== ip) {
          const edge = await startEdge({
            listen: { host: edgeIp, port: httpPort },
            target: { host: ip, port: httpPort },
            trafficFile: paths.traffic,
          });
          stops.push(() => edge.close());
        }
        const kill = () => signalScheduler(host.directory, { signal: 'SIGKILL', waitMs: 2_000 });
        stops.push(kill);
        // ZooKeeper came back empty: whatever still runs has lost its session and is of no use.
        if (!fresh) await kill();
        // A real service manager starts again what ended without being told to, with the machine or with a crash.
        if (fresh || fs.existsSync(paths.pid)) startScheduler(host.directory, programOf('scheduler'));
      }
      return hosts.map(besides);
    },
    startAgents: async (hosts) => {
      const agents = await Promise.all(hosts.map((host) => startAgentProgram(options, host)));
      stops.push(() => Promise.all(agents.map((agent) => agent.stop())));
      return agents;
    },
    stop: async () => {
      for (const one of stops.splice(0).reverse()) await one();
    },
  };
}

function besides(host: DrillHost): RunningHost {
  const { log, backups, flags, traffic, effects } = hostPaths(host.directory);
  return {
    ...host,
    paths: { log, backups, flags, held: join(host.directory, 'agent', 'held') },
    isSchedulerRunning: async () => readStatus(host.directory).state === 'running',
    readTraffic: async () => readTraffic(traffic),
    readEffects: async () => readEffects(effects),
    machine: null,
  };
}
