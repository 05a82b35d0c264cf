import { type Command, Option } from 'commander';
import { AuroraError } from '../aurora/errors.ts';
import { databaseOf, readJournalKey } from './bot-store.ts';
import { readBotConfig } from './config.ts';
import { readPlace } from './store-config.ts';

/** `store migrate`: from the bot's own file to the database that several bots share. */
export function registerStore(program: Command): void {
  program
    .command('store')
    .description('where the bot keeps everything')
    .command('migrate')
    .description('with the bot stopped: copy its SQLite file into the empty PostgreSQL database of `store`')
    .requiredOption('--config <file>', 'the configuration, with `store.postgres` (docs/configuration.md)')
    .addOption(new Option('--from <engine>', 'where it is').choices(['sqlite']).makeOptionMandatory())
    .addOption(new Option('--to <engine>', 'where it goes').choices(['postgres']).makeOptionMandatory())
    .action(async (options: { config: string }) => {
      const config = await readBotConfig(options.config);
      if (config.store === null)
        throw new AuroraError({
          code: 'config-invalid',
          message: `${options.config} names no PostgreSQL database.`,
          hint: 'Add `store: { postgres: postgres://user@host:5432/database }`; docs/configuration.md shows it.',
        });
      const [place, key, { migrateToPostgres }] = await Promise.all([
        readPlace(config.store, process.env),
        readJournalKey(config),
        import('../store/migrate.ts'),
      ]);
      const path = databaseOf(config);
      const copied = await migrateToPostgres(path, { place, key });
      const lines = [...copied]
        .filter(([, count]) => count > 0)
        .map(([table, count]) => `${table}: ${count}`);
      process.stdout.write(
        `${lines.join('\n')}\nAll of it is in ${place.database} on ${place.host} now, compared and whole. Start the bots.\n` +
          `${path} stays as it was: keep it as a copy, and start no bot on it again.\n`,
      );
    });
}
