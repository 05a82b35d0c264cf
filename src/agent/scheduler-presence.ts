/**
 * Whether a scheduler is on this host. A closed HTTP port proves nothing: after a commit in recovery mode the process
 * lives on, keeps the log's lock and its libprocess port, and still votes (aurora.md 13 and 14 C).
 */
import { connect } from 'node:net';
import { endpointOf } from '../aurora/host-names.ts';
import type { HostStatus } from '../aurora/hosts.ts';
import type { AgentConfig } from './config.ts';
import type { ServiceDriver } from './drivers/service-driver.ts';
import { findLockHolders } from './files/lock-holders.ts';
import { readProcessStart } from './files/processes.ts';
import { readSchedulerProcess } from './files/scheduler-process.ts';
import { schedulerFlags, wordsOfJavaCommand } from './flags/command-line.ts';
import type { FlagValues } from './flags/flag-grammar.ts';
import { withoutSecrets } from './flags/without-secrets.ts';
import { readJavaCommand } from './scheduler-pages.ts';

const connectMs = 1_000;

/** All signs at once. */
export async function lookAtScheduler(
  config: AgentConfig,
  service: ServiceDriver,
): Promise<HostStatus['scheduler']> {
  const libprocess = endpointOf(config.scheduler.libprocess);
  const [state, httpPortOpen, libprocessPortOpen, holders] = await Promise.all([
    service.status(),
    isPortOpen(config.scheduler.httpAddress, config.scheduler.httpPort),
    isPortOpen(libprocess.host, libprocess.port),
    findLockHolders(config.paths.log),
  ]);
  return {
    service: state.state,
    pid: state.pid,
    httpPortOpen,
    libprocessPortOpen,
    logLockHeld: holders.length > 0,
    restarts: state.restarts,
  };
}

/** Which process it is and what it was started with, both of one and the same process; `null` for what cannot be told. */
export async function lookAtProcess(
  config: AgentConfig,
  pid: number | null,
): Promise<Required<Pick<HostStatus['scheduler'], 'instance' | 'processFlags'>>> {
  const untold = { instance: null, processFlags: null };
  if (pid === null) return untold;
  const instance = await readProcessStart(pid);
  const flags = instance === null ? null : await readProcessFlags(config, pid);
  if (instance === null || (await readProcessStart(pid)) !== instance) return untold;
  return { instance, processFlags: flags === null ? null : withoutSecrets(flags) };
}

/** With its secrets. A wrapper has no flags of its own; behind it a scheduler with an open port tells them. */
export async function readProcessFlags(
  { scheduler: { httpAddress, httpPort } }: AgentConfig,
  pid: number,
): Promise<FlagValues | null> {
  const process = await readSchedulerProcess(pid);
  const own = schedulerFlags(process?.argv ?? []);
  if (own !== null) return own;
  const told = await readJavaCommand({ host: httpAddress, port: httpPort });
  return told === null ? null : schedulerFlags(wordsOfJavaCommand(told));
}

/** Only a refused connection is a closed port; a silent one (a frozen process with a full queue) counts as open. */
function isPortOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.setTimeout(connectMs, () => end(true));
    socket.once('connect', () => end(true));
    socket.once('error', (error) => {
      end('code' in error && error.code === 'ETIMEDOUT');
    });
  });
}
