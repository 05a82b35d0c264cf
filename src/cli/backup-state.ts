/** `aurora-chatops backup-state`: a copy of the bot's database, whether the bot runs or not. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { AuroraError } from '../aurora/errors.ts';
import { escapedLines } from '../aurora/printable.ts';
import { copySqliteStore } from '../store/copy-store.ts';
import { databaseOf, readJournalKey } from './bot-store.ts';
import { readBotConfig } from './config.ts';

export function registerBackupState(program: Command): void {
  program
    .command('backup-state')
    .description("copy the bot's database while it runs, and check the copy")
    .requiredOption('--config <file>', "the bot's configuration (YAML)")
    .requiredOption('--to <file>', 'the copy; a file that is there is never overwritten')
    .action(async ({ config: path, to }: { config: string; to: string }) => {
      const config = await readBotConfig(path);
      const from = databaseOf(config);
      if (!existsSync(from)) throw missing(from);
      const copy = resolve(to);
      const { restores, events, broken } = await copySqliteStore(from, copy, await readJournalKey(config));
      const kept = `${copy} has ${restores} restore(s) with ${events} event(s); docs/runbook.md says how to put it back.\n`;
      process.stdout.write(escapedLines(kept));
      for (const sentence of broken) process.stderr.write(escapedLines(`${sentence}\n`));
      if (broken.length === 0) return;
      process.stderr.write(
        'It is so in the database, too. Keep every copy of before, and find out who has written to it.\n',
      );
      process.exitCode = 1;
    });
}

function missing(path: string): AuroraError {
  return new AuroraError({
    code: 'store-missing',
    message: `There is no database ${path}.`,
    hint: 'Is `state` the directory of the bot? It makes one at its first start.',
  });
}
