#!/usr/bin/env node
import { Command } from 'commander';

const program = new Command('aurora-chatops')
  .description("Restore an Apache Aurora scheduler's storage from Slack, under two-person control.")
  .version('0.1.0')
  .showHelpAfterError('(run with --help for what it takes)');

await program.parseAsync();
