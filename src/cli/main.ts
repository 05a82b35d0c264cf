#!/usr/bin/env node
import { Command } from 'commander';
import { AuroraError } from '../aurora/errors.ts';
import { registerAgent } from './agent.ts';
import { registerBackup } from './backup.ts';
import { registerConfig } from './config-check.ts';
import { registerRecord } from './record.ts';

const program = new Command('aurora-chatops')
  .description("Restore an Apache Aurora scheduler's storage from Slack, under two-person control.")
  .version('0.1.0')
  .showHelpAfterError('(run with --help for what it takes)');

registerAgent(program);
registerBackup(program);
registerConfig(program);
registerRecord(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof AuroraError)) throw error;
  process.stderr.write(`${error.message}\n${error.hint}\n`);
  process.exitCode = 1;
}
