/**
 * Start, and see a process that stays: with the flags of the flag file, read back from its command line, and of the
 * configured release where its jars tell. A service manager starts a scheduler that ends at once again and again, so a
 * process that is seen once proves nothing. That it gets elected and ready is the bot's to find out.
 */

import { AuroraError } from '../../aurora/errors.ts';
import type { OperationEvidence } from '../../aurora/operations.ts';
import { minorOf } from '../../aurora/releases.ts';
import { timeText } from '../../aurora/time-text.ts';
import { isAlive } from '../files/processes.ts';
import { compareFlags, readSchedulerProcess } from '../files/scheduler-process.ts';
import { givenFlags } from '../flags/command-line.ts';
import type { Operation, OperationContext } from './operation.ts';

type Evidence = OperationEvidence['start-scheduler'];

/** A JVM that does not like its flags ends within two seconds (recorded). */
const settleMs = 3_000;

export const startScheduler: Operation<'start-scheduler'> = {
  observe: async (context) => {
    const seen = await look(context);
    if (seen.state !== 'fit') return { state: 'not-done' };
    // Our own start may have been cut short: what is there must still show that it stays.
    if (context.interrupted && !(await stays(context, seen.pid))) return { state: 'not-done' };
    return { state: 'done', evidence: seen.evidence };
  },
  run: async (context) => {
    const { clock, config, service } = context;
    await service.start(context);
    const endsAt = clock.now() + config.bounds.startMs;
    for (;;) {
      const seen = await look(context);
      if (seen.state === 'unfit') throw seen.why;
      if (seen.state === 'fit' && (await stays(context, seen.pid))) {
        return { changed: true, evidence: seen.evidence };
      }
      if (clock.now() >= endsAt) throw notStarted(config.bounds.startMs, seen.state);
      await clock.sleep(config.bounds.pollMs);
    }
  },
};

type Look =
  | { readonly state: 'none' | 'starting' }
  | { readonly state: 'unfit'; readonly why: AuroraError }
  | { readonly state: 'fit'; readonly pid: number; readonly evidence: Evidence };

async function look({ service, flags, config }: OperationContext): Promise<Look> {
  const { state, pid } = await service.status();
  if (state !== 'running' || pid === null || !(await isAlive(pid))) return { state: 'none' };
  // Commands may start anything; what it is called by the process list is then not ours to know.
  if (config.drivers.service.kind === 'command') return { state: 'fit', pid, evidence: { pid } };
  const process = await readSchedulerProcess(pid);
  const { values } = await flags.read();
  const { recognised, different } = compareFlags(givenFlags(process?.argv ?? []), values);
  if (process === null || !recognised) return { state: 'starting' };
  if (different.length > 0) return { state: 'unfit', why: otherFlags(different) };
  if (process.release !== null && minorOf(process.release) !== minorOf(config.auroraVersion)) {
    return { state: 'unfit', why: otherRelease(process.release, config.auroraVersion) };
  }
  return {
    state: 'fit',
    pid,
    evidence: { pid, auroraVersion: process.release, flagsRead: Object.keys(values).length },
  };
}

/** Whether the same process lives for as long as it takes to trust it. */
async function stays({ service, clock, config }: OperationContext, pid: number): Promise<boolean> {
  const { kind } = config.drivers.service;
  const endsAt = clock.now() + (config.bounds.settleMs ?? (kind === 'command' ? 0 : settleMs));
  while (clock.now() < endsAt) {
    await clock.sleep(Math.min(config.bounds.pollMs, endsAt - clock.now()));
    if ((await service.status()).pid !== pid || !(await isAlive(pid))) return false;
  }
  return true;
}

function notStarted(startMs: number, state: Look['state']): AuroraError {
  return new AuroraError({
    code: 'scheduler-not-started',
    message:
      state === 'starting'
        ? `A process runs, but ${timeText(startMs)} later it was not a scheduler with the flags of the flag file.`
        : `The start succeeded, but no scheduler process stayed for ${timeText(startMs)}.`,
    hint: "Read the scheduler's own log on the host: a wrong flag ends it at once.",
  });
}

function otherFlags(names: readonly string[]): AuroraError {
  return new AuroraError({
    code: 'scheduler-has-other-flags',
    message: `A scheduler runs on this host whose flags are not those of the flag file: ${names.map((name) => `-${name}`).join(', ')}.`,
    hint: 'Something else starts it or sets its flags. Stop it, find the cause, and ask again.',
    details: { different: names },
  });
}

function otherRelease(found: string, configured: string): AuroraError {
  return new AuroraError({
    code: 'scheduler-of-other-release',
    message: `The scheduler of this host is Aurora ${found}, and its agent is configured for ${configured}.`,
    hint: 'Correct auroraVersion in the configurations of agent and bot: flags and backups depend on it.',
  });
}
