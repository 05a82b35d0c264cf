/**
 * The scheduler as a program of supervisord. A program that was stopped stays stopped until somebody starts it or
 * supervisord itself starts again; against the latter a file of our own among its included ones says `autostart=false`
 * for the program (later files win, option by option: supervisor 4.2).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AuroraError } from '../../aurora/errors.ts';
import type { AgentConfig } from '../config.ts';
import { describeOutcome, runCommand } from '../run-command.ts';
import { type Effect, runEffectOutcome } from './effect-command.ts';
import { removeHoldFile, writeHoldFile } from './hold-file.ts';
import type { ServiceDriver } from './service-driver.ts';

type Supervisor = Extract<AgentConfig['drivers']['service'], { kind: 'supervisor' }>;

/** Sorts behind every other file of the directory. */
const holdName = 'zz-aurora-chatops-hold.conf';

/** What is run, as it appears in a process list. */
export function supervisorCommands({ supervisorctl, configuration, program }: Supervisor) {
  const run = (...args: string[]): string[] => [
    supervisorctl,
    ...(configuration === undefined ? [] : ['-c', configuration]),
    ...args,
  ];
  return {
    status: run('status', program),
    start: run('start', program),
    stop: run('stop', program),
    kill: run('signal', 'KILL', program),
  };
}

const statusLine =
  /^\S+\s+(STOPPED|STARTING|RUNNING|BACKOFF|STOPPING|EXITED|FATAL|UNKNOWN)(?:\s+pid (\d+),)?/;
/** Nothing runs, and supervisord by itself will not change that. BACKOFF waits for its next try. */
const stoppedStates: ReadonlySet<string> = new Set(['STOPPED', 'EXITED', 'FATAL']);

/** Throws AuroraError `service-unknown` when supervisord does not answer or knows no such program. */
export function createSupervisorService(config: Supervisor, commandMs: number): ServiceDriver {
  const commands = supervisorCommands(config);
  const hold = join(config.includeDirectory, holdName);

  /** supervisorctl tells most failures in words only, and whether it has worked is looked at anyway. */
  const act = async (argv: readonly string[], effect: Effect, fine: RegExp): Promise<void> => {
    const outcome = await runEffectOutcome(argv, effect, { timeoutMs: commandMs });
    const said = `${outcome.stdout}${outcome.stderr}`;
    if (outcome.exitCode === 0 || fine.test(said)) return;
    throw failed(describeOutcome(argv, outcome), config.program);
  };

  return {
    status: async () => {
      const outcome = await runCommand({ argv: commands.status, timeoutMs: commandMs });
      const [, state, pid] = statusLine.exec(outcome.stdout) ?? [];
      if (state === undefined) throw unknown(describeOutcome(commands.status, outcome));
      return {
        state: stoppedStates.has(state) ? 'stopped' : 'running',
        pid: pid === undefined ? null : Number(pid),
        held: existsSync(hold),
        restarts: null,
      };
    },
    start: async (effect) => {
      await removeHoldFile(hold);
      await act(commands.start, effect, /ERROR \(already started\)/);
    },
    stop: async (effect) => {
      await writeHoldFile(hold, holdText(config.program, effect.operationId));
      await act(commands.stop, effect, /ERROR \(not running\)/);
    },
    kill: (effect) => act(commands.kill, effect, /ERROR \(not running\)/),
  };
}

function holdText(program: string, operationId: string): string {
  return [
    `; Written by the aurora-chatops agent (operation ${operationId}): the scheduler stays down while its storage is`,
    '; restored. A restore that ends, or is undone, removes this file; so may you, if none is in progress.',
    `[program:${program.slice(program.indexOf(':') + 1)}]`,
    'autostart=false',
    '',
  ].join('\n');
}

function unknown(said: string): AuroraError {
  return new AuroraError({
    code: 'service-unknown',
    message: `supervisord of this host does not report the state of the scheduler: ${said}.`,
    hint: 'See that supervisord runs, and correct drivers.service in the configuration of the agent.',
  });
}

function failed(said: string, program: string): AuroraError {
  return new AuroraError({
    code: 'command-failed',
    message: `${said}.`,
    hint: `Look at "supervisorctl status ${program}" and the scheduler's log on the host; then ask again.`,
  });
}
