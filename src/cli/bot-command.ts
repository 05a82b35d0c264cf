import type { Command } from 'commander';

/** Adds `bot --config FILE`. */
export function registerBot(program: Command): void {
  program
    .command('bot')
    .description('the Slack app and the restore worker')
    .requiredOption(
      '--config <file>',
      'the configuration, in YAML (docs/configuration.md); secrets come from the environment',
    )
    .action(async (options: { config: string }) => await (await import('./bot.ts')).runBot(options.config));
}
