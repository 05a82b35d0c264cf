/** `aurora-chatops agent`: the daemon on a scheduler host. */
import { Command } from 'commander';
import { pino } from 'pino';
import { startAgent } from '../agent/agent.ts';
import { loadAgentConfig } from '../agent/config.ts';
import { operationTable } from '../agent/operations/table.ts';
import { systemClock } from '../aurora/system-clock.ts';

/** Adds `agent run --config FILE`; `agent --config FILE` is the same. */
export function registerAgent(program: Command): void {
  program
    .command('agent')
    .description('the daemon on each scheduler host: the only thing that touches a host')
    .addCommand(
      new Command('run')
        .description('run in the foreground until SIGTERM or SIGINT')
        .requiredOption('--config <file>', 'the configuration of this host, in YAML (docs/agent.md)')
        .action(async (options: { config: string }) => runAgent(options.config)),
      { isDefault: true },
    );
}

async function runAgent(configPath: string): Promise<void> {
  const logger = pino({ base: { program: 'agent' } }, pino.destination({ dest: 1, sync: true }));
  const config = await loadAgentConfig(configPath);
  const agent = await startAgent({ config, clock: systemClock, operations: operationTable, logger });
  logger.info({ host: config.host, cluster: config.cluster, url: agent.url }, 'agent listens');
  const stop = (signal: NodeJS.Signals): void => {
    logger.info({ signal }, 'agent stops');
    agent.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'agent did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
