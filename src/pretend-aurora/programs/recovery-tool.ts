import fs from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../aurora/system-clock.ts';
import { appendEffect } from '../host/effect.ts';
import { hostPaths } from '../host/host-dir.ts';
import { announceReplica } from '../recovery-tool/announce.ts';
import { runRecoveryTool } from '../recovery-tool/run.ts';
import { parseWorld } from '../scheduler/world.ts';

/**
 * The simulated `recovery-tool`. In front of the tool's own arguments stands `--drill-host=DIR`, the pretend host: its
 * world, its witness, and a file `recovery-tool.dies-halfway` that makes one run die with a part of the backup written.
 */
const [hostArgument = '', ...argv] = process.argv.slice(2);
const directory = hostArgument.replace(/^--drill-host=/, '');
const paths = hostPaths(directory);
const world = parseWorld(fs.readFileSync(paths.world, 'utf8'));
const [ip = '127.0.0.1'] = world.libprocess.split(':');
/** The tool has a libprocess port of its own; nobody has to reach it here. */
const address = `${ip}:9000`;

// An agent that is killed takes its end of the pipe along; the tool goes on, as the real one does.
process.stderr.on('error', () => undefined);

process.exitCode = await runRecoveryTool(argv, {
  clock: systemClock,
  stderr: (text) => process.stderr.write(text),
  libprocess: world.libprocess,
  replicas: world.replicas,
  msPerSecond: world.time.msPerSecond,
  announce: ({ zookeeper, credentials, path }) =>
    announceReplica({
      zookeeper,
      credentials,
      path,
      address,
      sessionTimeoutMs: world.zookeeper.logSessionTimeoutMs,
      deadlineMs: world.zookeeper.deadlineMs,
      clock: systemClock,
    }),
  onWriting: () =>
    appendEffect(paths.effects, {
      effect: 'run-recovery-tool',
      operationId: process.env.AURORA_OPERATION_ID ?? null,
      at: Date.now(),
      changed: true,
      detail: argv.find((argument) => argument.startsWith('-backup=')),
    }),
  diesHalfway: () => takeFault(join(directory, 'recovery-tool.dies-halfway')),
});

/** True once for each time that somebody has laid the file. */
function takeFault(file: string): boolean {
  if (!fs.existsSync(file)) return false;
  fs.rmSync(file);
  return true;
}
