/** What is wrong with a host's log, or with the answer to the commit. */
import fs from 'node:fs';
import { join } from 'node:path';
import { AuroraError } from '../../aurora/errors.ts';
import { hostPaths } from '../../pretend-aurora/host/host-dir.ts';
import type { Fault } from './fault.ts';

export const commitReplyLost: Fault = {
  name: 'commit-reply-lost',
  what: 'The scheduler commits, and its answer never arrives.',
  usually: 'set-recovery-flags',
  // A scheduler reads what befalls it when it starts.
  onlyAt: ['stop-schedulers', 'block-traffic', 'set-recovery-flags', 'set-aside-log'],
  run: async ({ world, untilMoment }) => {
    const files = world.hosts.map((host) => hostPaths(host.directory).world);
    const before = files.map((file) => fs.readFileSync(file, 'utf8'));
    for (const file of files) {
      const facts = JSON.parse(fs.readFileSync(file, 'utf8')) as object;
      replaceFile(file, JSON.stringify({ ...facts, commit: 'lose-reply' }));
    }
    // The schedulers of the recovery have read it by then; those that start after the commit are as ever.
    await untilMoment(['verify-restored', 'undo-stop-schedulers', 'restore-ended']);
    for (const [index, file] of files.entries()) replaceFile(file, before[index] ?? '');
    return 'The answer to a commit was lost, if there was a commit.';
  },
};

export const oldLogLeft: Fault = {
  name: 'old-log-left',
  what: 'The old log of one host is put back before schedulers start: one replica brings the old state along.',
  usually: 'place-backup',
  hosts: 'processes',
  onlyAt: ['place-backup', 'place-backup-on-one'],
  run: async ({ world }) => {
    const host = world.hosts.find(({ directory }) => findSetAside(directory) !== null);
    const aside = host === undefined ? null : findSetAside(host.directory);
    if (host === undefined || aside === null) throw nothingSetAside();
    const { log } = hostPaths(host.directory);
    const kept = join(world.directory, 'taken-by-old-log-left');
    fs.mkdirSync(kept, { recursive: true });
    fs.renameSync(log, join(kept, host.name));
    fs.cpSync(aside, log, { recursive: true });
    return `A copy of the old log of ${host.name} is in place of its new one.`;
  },
};

function findSetAside(directory: string): string | null {
  const name = fs.readdirSync(directory).find((entry) => entry.startsWith('db.set-aside-'));
  return name === undefined ? null : join(directory, name);
}

function replaceFile(file: string, text: string): void {
  fs.writeFileSync(`${file}.new`, text);
  fs.renameSync(`${file}.new`, file);
}

function nothingSetAside(): AuroraError {
  return new AuroraError({
    code: 'fault-impossible',
    message: 'No host has a log that was set aside.',
    hint: 'Let it happen while the backup is placed.',
  });
}
