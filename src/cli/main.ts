#!/usr/bin/env node
import { escapedLines } from '../aurora/printable.ts';
import { explainSystemError } from '../aurora/system-errors.ts';
import { commandLineFor } from './programs.ts';

const lingerMs = 5_000;

try {
  const line = await commandLineFor(process.argv.slice(2));
  await line.parseAsync();
} catch (error) {
  const known = explainSystemError(error);
  if (known === null) throw error;
  process.stderr.write(escapedLines(`${known.message}\n${known.hint}\n`));
  process.exitCode = 1;
  // Whatever a start that failed has left open: under systemd it must not look alive.
  setTimeout(() => process.exit(), lingerMs).unref();
}
