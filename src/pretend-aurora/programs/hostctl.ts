import { join } from 'node:path';
import { hostctlUsage, runHostctl } from '../host/hostctl.ts';

/**
 * `hostctl --host-dir DIR COMMAND`: what the drill's agents run as service manager and firewall of a pretend
 * host.
 */
const [option, directory, command, ...rest] = process.argv.slice(2);
if (option !== '--host-dir' || directory === undefined || command === undefined || rest.length > 0) {
  process.stderr.write(`${hostctlUsage}\n`);
  process.exit(2);
}
const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js';
process.exitCode = await runHostctl(command, {
  directory,
  program: [process.execPath, join(import.meta.dirname, `scheduler.${extension}`)],
  operationId: process.env.AURORA_OPERATION_ID ?? null,
  now: () => Date.now(),
});
if (process.exitCode === 2) process.stderr.write(`${hostctlUsage}\n`);
