import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { messageOf } from '../../aurora/errors.ts';
import { systemClock } from '../../aurora/system-clock.ts';
import { OpenError } from '../mesos/leveldb/open-error.ts';
import { simulatedReleaseOf } from '../release/simulated-release.ts';
import { parseFlags } from '../scheduler/flags/parse.ts';
import { readSettings } from '../scheduler/flags/settings.ts';
import { Scheduler } from '../scheduler/scheduler.ts';
import { parseWorld } from '../scheduler/world.ts';

/** `scheduler --world WORLD.json -name=value…`: one simulated scheduler, of the release that its world names. */
const { worldFile, argv } = readArguments(process.argv.slice(2));

const say = (line: string): void => {
  const at = new Date().toISOString();
  process.stdout.write(`I${at.slice(5, 10).replace('-', '')} ${at.slice(11, 23)} [scheduler] ${line}\n`);
};

const world = parseWorld(fs.readFileSync(worldFile, 'utf8'));
try {
  const settings = readSettings(parseFlags(argv, simulatedReleaseOf(world.auroraVersion)), world.ip);
  for (const argument of argv) say(`Parameters: ${argument}`);
  const scheduler = new Scheduler({
    settings,
    world,
    clock: systemClock,
    newId: randomUUID,
    say,
    exit: (code) => process.exit(code),
    commandLine: ['org.apache.aurora.scheduler.app.SchedulerMain', ...argv].join(' '),
  });
  process.on('SIGTERM', () => void scheduler.terminate());
  await scheduler.start();
} catch (thrown) {
  process.exitCode = 1;
  if (thrown instanceof OpenError) {
    process.stderr.write(`EXIT with status 1: Failed to recover the log: ${thrown.message}\n`);
  } else if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EADDRINUSE') {
    process.stderr.write(`Failed to initialize: Failed to bind: ${thrown.message}\n`);
  } else {
    process.stderr.write(`${messageOf(thrown)}\n`);
  }
  process.exit();
}

function readArguments([option, worldFile = '', ...argv]: readonly string[]): {
  worldFile: string;
  argv: string[];
} {
  if (option === '--world' && worldFile !== '') return { worldFile, argv };
  process.stderr.write('usage: scheduler --world WORLD.json [-name=value…]\n');
  process.exit(2);
}
