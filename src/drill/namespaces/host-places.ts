/** Where things lie on a host made of namespaces, and where the drill keeps what outlives its power. */
import { dirname, join } from 'node:path';
import type { DrillHost } from '../hosts/drill-hosts.ts';

/** Paths on the host; those of Debian's packages and of docs/agent.md. */
export const onHost = {
  home: '/var/lib/aurora',
  defaults: '/etc/default',
  flags: '/etc/default/aurora-scheduler',
  agentConfig: '/etc/aurora-chatops',
  agentState: '/var/lib/aurora-chatops',
  units: '/etc/systemd/system',
  project: '/opt/aurora-chatops',
  node: '/usr/local/bin/node',
} as const;

export const schedulerUnit = 'aurora-scheduler.service';
export const agentUnit = 'aurora-chatops-agent.service';
/** Each proof of a backup is an instance of it. */
export const proveUnit = 'aurora-chatops-prove@.service';
export const filterWitnessUnit = 'drill-nftables-witness.service';

/** The directories of this machine that a host has, by their paths there. */
export function directoriesOf(
  host: DrillHost,
): Readonly<Record<(typeof onHost)['home' | 'defaults' | 'agentConfig' | 'agentState'], string>> {
  const installed = join(dirname(dirname(host.directory)), 'installed', host.name);
  return {
    [onHost.home]: host.directory,
    [onHost.defaults]: join(installed, 'default'),
    [onHost.agentConfig]: join(installed, 'agent-config'),
    [onHost.agentState]: join(installed, 'agent-state'),
  };
}
