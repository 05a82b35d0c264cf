import type { AgentConfig } from './config.ts';
import { fillArguments } from './run-command.ts';

/** Every command of the configuration that changes the host, as it appears in a process list. */
export function effectCommands(config: AgentConfig): readonly (readonly string[])[] {
  const { service, traffic, initializeLog } = config.drivers;
  return [
    service.start,
    service.stop,
    service.kill,
    ...(traffic.kind === 'command' ? [traffic.block, traffic.unblock] : []),
    fillArguments(initializeLog.argv, { path: config.paths.log }),
  ];
}
