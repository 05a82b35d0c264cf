/**
 * The scheduler as a job of upstart (Ubuntu 14.04). A stopped job is not respawned, and comes back by a boot or a hand. So an override
 * file holds it down: `manual` against its `start on`, and a `pre-start` that fails against every start (init(5), "Override File
 * Handling": a stanza of the override takes the place of the job's). An override that was there is set aside, and put back.
 *
 * Written from initctl(8), init(5) and the Upstart Cookbook; it was not tried on a real upstart.
 */
import { join } from 'node:path';
import { AuroraError } from '../../aurora/errors.ts';
import {
  copyDurably,
  nameExists,
  removeDurably,
  renameDurably,
  writeDurably,
} from '../files/durable-file.ts';
import { isMissing, readSmall } from '../files/plain-file.ts';
import { findScheduler, killSchedulers } from '../files/scheduler-pids.ts';
import type { Upstart } from '../old-service-config.ts';
import { describeOutcome, runCommand } from '../run-command.ts';
import { type Effect, runEffectOutcome } from './effect-command.ts';
import type { ServiceDriver } from './service-driver.ts';

/** What is run, as it appears in a process list. */
export function upstartCommands({ initctl, job }: Upstart) {
  return {
    status: [initctl, 'status', job],
    reload: [initctl, 'reload-configuration'],
    start: [initctl, 'start', job],
    // The end is watched by whoever asks.
    stop: [initctl, 'stop', '--no-wait', job],
  };
}

const overrideBytesMax = 1024 * 1024;
const firstLine = '# Written by the aurora-chatops agent';
/** `job start/running, process 1234`; of a job that has instances the name follows in parentheses (initctl(8)). */
const statusLine = /^\S+(?: \(.*\))? (start|stop)\/([a-z-]+)(?:, process (\d+))?/;

/** Throws AuroraError `service-unknown` when upstart does not answer or knows no such job. */
export function createUpstartService(
  config: Upstart,
  { log, commandMs }: { log: string; commandMs: number },
): ServiceDriver {
  const commands = upstartCommands(config);
  const override = join(config.jobDirectory, `${config.job}.override`);
  // No name that upstart reads: those end in .conf or .override.
  const aside = `${override}.aurora-chatops-original`;

  const read = async (path: string): Promise<string | null> => {
    try {
      return await readSmall(path, overrideBytesMax);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  };

  const isHeld = async (): Promise<boolean> => (await read(override))?.startsWith(firstLine) === true;

  const hold = async (operationId: string): Promise<void> => {
    if (await isHeld()) return;
    if (!(await nameExists(aside)) && (await nameExists(override))) await copyDurably(override, aside);
    // Crash here: a copy lies beside, the job is not held; whoever looks sees that and asks again.
    await writeDurably(
      override,
      holdText({ operationId, override, aside, original: await read(aside) }),
      identity,
    );
  };

  const release = async (): Promise<void> => {
    if (!(await isHeld())) return;
    await ((await nameExists(aside)) ? renameDurably(aside, override) : removeDurably(override));
  };

  const ask = async (): Promise<{ stopped: boolean; pid: number | null }> => {
    const outcome = await runCommand({ argv: commands.status, timeoutMs: commandMs });
    const [, goal, state, pid] = statusLine.exec(outcome.stdout) ?? [];
    if (outcome.exitCode !== 0 || state === undefined)
      throw unknown(describeOutcome(commands.status, outcome));
    // Of these two the process is the one of the script, and not the job's.
    const main = pid !== undefined && state !== 'pre-start' && state !== 'post-stop';
    return { stopped: goal === 'stop' && state === 'waiting', pid: main ? Number(pid) : null };
  };

  const act = async (argv: readonly string[], effect: Effect, fine: RegExp): Promise<void> => {
    const outcome = await runEffectOutcome(argv, effect, { timeoutMs: commandMs });
    if (outcome.exitCode === 0 || fine.test(outcome.stderr)) return;
    throw failed(describeOutcome(argv, outcome), config.job);
  };

  return {
    status: async () => {
      const { stopped, pid } = await ask();
      return {
        state: stopped ? 'stopped' : 'running',
        pid: stopped ? null : await findScheduler(pid, log),
        held: await isHeld(),
        restarts: null,
      };
    },
    start: async (effect) => {
      await release();
      await act(commands.reload, effect, never);
      await act(commands.start, effect, /Job is already running/);
    },
    stop: async (effect) => {
      await hold(effect.operationId);
      await act(commands.reload, effect, never);
      await act(commands.stop, effect, /Unknown instance/);
    },
    kill: async () => killSchedulers((await ask()).pid, log),
  };
}

const identity = { mode: 0o644, uid: 0, gid: 0 };
const never = /(?!)/;

function holdText(of: {
  operationId: string;
  override: string;
  aside: string;
  original: string | null;
}): string {
  const byHand = of.original === null ? `rm ${of.override}` : `mv ${of.aside} ${of.override}`;
  return [
    `${firstLine} (operation ${of.operationId}): the scheduler stays down while its storage is restored.`,
    `# A restore that ends, or is undone, takes this away. By hand, if none is in progress: ${byHand}`,
    ...(of.original === null ? [] : [of.original.trimEnd()]),
    'manual',
    'pre-start exec /bin/false',
    '',
  ].join('\n');
}

function unknown(said: string): AuroraError {
  return new AuroraError({
    code: 'service-unknown',
    message: `upstart of this host does not report the state of the scheduler: ${said}.`,
    hint: 'Correct drivers.service in the configuration of the agent; a job with instances is not supported.',
  });
}

function failed(said: string, job: string): AuroraError {
  return new AuroraError({
    code: 'command-failed',
    message: `${said}.`,
    hint: `Look at "initctl status ${job}" and /var/log/upstart/${job}.log on the host; then ask again.`,
  });
}
