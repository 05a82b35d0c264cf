/** Which driver does what on this host, as configured; and every command by which they change it. */
import type { AgentConfig } from '../config.ts';
import { fillArguments } from '../run-command.ts';
import { createIptables, iptablesCommands } from './iptables.ts';
import { createNftables, nftablesCommands } from './nftables.ts';
import { createServiceCommands } from './service-commands.ts';
import type { ServiceDriver } from './service-driver.ts';
import { createSupervisorService, supervisorCommands } from './supervisor-service.ts';
import { createSystemdService, systemdCommands } from './systemd-service.ts';
import { createSysvinitService, sysvinitCommands } from './sysvinit-service.ts';
import { createTrafficCommands, unmanagedTraffic } from './traffic-commands.ts';
import type { TrafficDriver } from './traffic-driver.ts';
import { trafficMarker } from './traffic-marker.ts';
import { createUpstartService, upstartCommands } from './upstart-service.ts';

/** The service driver of the configuration. */
export function serviceDriverOf({ drivers: { service }, bounds, paths }: AgentConfig): ServiceDriver {
  const parts = { log: paths.log, commandMs: bounds.commandMs };
  switch (service.kind) {
    case 'command':
      return createServiceCommands(service, bounds.commandMs);
    case 'systemd':
      return createSystemdService(service, bounds.commandMs);
    case 'supervisor':
      return createSupervisorService(service, bounds.commandMs);
    case 'upstart':
      return createUpstartService(service, parts);
    case 'sysvinit':
      return createSysvinitService(service, parts);
  }
}

/** The traffic driver of the configuration. */
export function trafficDriverOf({
  drivers: { traffic },
  bounds,
  paths,
  scheduler,
}: AgentConfig): TrafficDriver {
  const parts = {
    port: scheduler.httpPort,
    commandMs: bounds.commandMs,
    marker: trafficMarker(paths.state),
  };
  switch (traffic.kind) {
    case 'command':
      return createTrafficCommands(traffic, bounds.commandMs);
    case 'nftables':
      return createNftables(traffic, parts);
    case 'iptables':
      return createIptables(traffic, parts);
    case 'none':
      return unmanagedTraffic;
  }
}

/** Every command that changes the host, as it appears in a process list. */
export function effectCommands(config: AgentConfig): readonly (readonly string[])[] {
  const { initializeLog } = config.drivers;
  return [
    ...serviceCommands(config),
    ...trafficCommands(config),
    fillArguments(initializeLog.argv, { path: config.paths.log }),
  ];
}

function serviceCommands({ drivers: { service } }: AgentConfig): readonly (readonly string[])[] {
  switch (service.kind) {
    case 'command':
      return [service.start, service.stop, service.kill];
    case 'systemd': {
      const { reload, forget, start, stop, kill } = systemdCommands(service);
      return [reload, forget, start, stop, kill];
    }
    case 'supervisor': {
      const { start, stop, kill } = supervisorCommands(service);
      return [start, stop, kill];
    }
    case 'upstart': {
      const { reload, start, stop } = upstartCommands(service);
      return [reload, start, stop];
    }
    case 'sysvinit':
      return sysvinitCommands(service);
  }
}

function trafficCommands({ drivers: { traffic }, scheduler }: AgentConfig): readonly (readonly string[])[] {
  switch (traffic.kind) {
    case 'command':
      return [traffic.block, traffic.unblock];
    case 'nftables': {
      const { block, unblock } = nftablesCommands(traffic, scheduler.httpPort);
      return [block, unblock];
    }
    case 'iptables':
      return iptablesCommands(traffic);
    case 'none':
      return [];
  }
}
