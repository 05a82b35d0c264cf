import type { Command } from 'commander';
import { systemClock } from '../aurora/system-clock.ts';
import { registerDiff } from './backup-diff.ts';
import { registerInspect } from './backup-inspect.ts';
import type { OffLine } from './backup-off-line.ts';
import { registerWatch } from './backup-watch.ts';

/** Adds `backup inspect | diff | watch`: off-line, they read nothing but the files. */
export function registerBackup(program: Command): void {
  const backup = program.command('backup').description('look at storage backups, off-line');
  const offLine: OffLine = {
    clock: systemClock,
    screen: process.stderr,
    begin: () => {
      const interrupted = new AbortController();
      process.once('SIGINT', () => interrupted.abort());
      return interrupted.signal;
    },
    end: (code) => {
      process.exitCode = code;
    },
  };
  registerInspect(backup, offLine);
  registerDiff(backup, offLine);
  registerWatch(backup, offLine);
}
