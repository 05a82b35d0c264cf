#!/usr/bin/env node
import { Command } from 'commander';
import { escapedLines } from '../aurora/printable.ts';
import { explainSystemError } from '../aurora/system-errors.ts';

/** Each program is loaded only when it is asked for: an agent starts without Slack's libraries. */
const programs: Readonly<Record<string, (program: Command) => Promise<void>>> = {
  bot: async (program) => (await import('./bot.ts')).registerBot(program),
  agent: async (program) => (await import('./agent.ts')).registerAgent(program),
  drill: async (program) => (await import('./drill.ts')).registerDrill(program),
  backup: async (program) => (await import('./backup.ts')).registerBackup(program),
  record: async (program) => (await import('./record.ts')).registerRecord(program),
  restore: async (program) => (await import('./restore.ts')).registerRestore(program),
  sign: async (program) => (await import('./sign.ts')).registerSign(program),
  people: async (program) => (await import('./people.ts')).registerPeople(program),
  config: async (program) => (await import('./config-check.ts')).registerConfig(program),
};

const program = new Command('aurora-chatops')
  .description("Restore an Apache Aurora scheduler's storage from Slack, under two-person control.")
  .version('0.1.0')
  .showHelpAfterError('(run with --help for what it takes)');

const asked = programs[process.argv[2] ?? ''];
for (const register of asked === undefined ? Object.values(programs) : [asked]) await register(program);

try {
  await program.parseAsync();
} catch (error) {
  const known = explainSystemError(error);
  if (known === null) throw error;
  process.stderr.write(escapedLines(`${known.message}\n${known.hint}\n`));
  process.exitCode = 1;
}
