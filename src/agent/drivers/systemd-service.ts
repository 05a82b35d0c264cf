/**
 * The scheduler as a systemd unit. A stopped unit comes back by a hand, a timer, a reboot; `mask --runtime` ends with the
 * boot and does nothing at all for a unit whose file is in /etc (seen on systemd 252). So a drop-in of our own holds the
 * unit down: it asserts that it is not there itself. Every start then fails with `Assertion failed`, until it is removed.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AuroraError } from '../../aurora/errors.ts';
import type { AgentConfig } from '../config.ts';
import { type CommandOutcome, describeOutcome, runCommand } from '../run-command.ts';
import { type Effect, runEffectOutcome } from './effect-command.ts';
import { removeHoldFile, writeHoldFile } from './hold-file.ts';
import type { ServiceDriver } from './service-driver.ts';

/** A manager that goes down or comes up takes no calls for a moment, and an agent outlives it by as much. */
const turnsMax = 40;
const turnMs = 250;

/** Asks again for as long as that; the host is not judged by a manager that is on its way. */
async function whileAway(run: () => Promise<CommandOutcome>): Promise<CommandOutcome> {
  for (let turn = 1; ; turn += 1) {
    const outcome = await run();
    if (turn === turnsMax || outcome.exitCode === 0 || !managerAway.test(outcome.stderr)) return outcome;
    await pause(turnMs);
  }
}

/** Seen while its PID 1 was killed, and right after a boot. */
const managerAway =
  /Transport endpoint is not connected|Connection (reset by peer|refused)|Broken pipe|Failed to connect to .*bus/;

type Systemd = Extract<AgentConfig['drivers']['service'], { kind: 'systemd' }>;

const holdName = '50-aurora-chatops-hold.conf';

/** What is run, as it appears in a process list. */
export function systemdCommands({ systemctl, manager, unit }: Systemd) {
  const run = (...args: string[]): string[] => [
    systemctl,
    ...(manager === 'user' ? ['--user'] : []),
    ...args,
  ];
  return {
    reload: run('daemon-reload'),
    forget: run('reset-failed', unit),
    start: run('start', unit),
    // The end is watched by whoever asks; a command that waits for it would outlive the agent.
    stop: run('stop', '--no-block', unit),
    kill: run('kill', '--signal=SIGKILL', unit),
    show: run('show', unit, `--property=${properties.join(',')}`),
  };
}

const properties = [
  'LoadState',
  'ActiveState',
  'SubState',
  'MainPID',
  'ControlGroup',
  'DropInPaths',
  'NeedDaemonReload',
  'NRestarts',
] as const;

type Shown = Partial<Record<(typeof properties)[number], string>>;

/** Throws AuroraError `service-unknown` when systemd knows no such unit, `command-failed` when it does not answer. */
export function createSystemdService(config: Systemd, commandMs: number): ServiceDriver {
  const commands = systemdCommands(config);
  const hold = join(config.unitDirectory, `${config.unit}.d`, holdName);
  // A user's manager is found by its runtime directory, and the rest of our environment is not passed on.
  const env: Record<string, string> =
    config.manager === 'user' ? { XDG_RUNTIME_DIR: `/run/user/${process.getuid?.() ?? 0}` } : {};

  const act = async (argv: readonly string[], effect: Effect): Promise<void> => {
    // What a lost call may have done already, systemd does not do a second time.
    const outcome = await whileAway(() => runEffectOutcome(argv, effect, { timeoutMs: commandMs, env }));
    if (outcome.exitCode !== 0) throw failed(describeOutcome(argv, outcome), config.unit);
  };

  const show = async (): Promise<Shown> => {
    const outcome = await whileAway(() => runCommand({ argv: commands.show, timeoutMs: commandMs, env }));
    if (outcome.exitCode !== 0) throw failed(describeOutcome(commands.show, outcome), config.unit);
    return Object.fromEntries(outcome.stdout.split('\n').map((line) => splitOnce(line)));
  };

  return {
    status: async () => {
      const shown = await show();
      if (shown.LoadState === 'not-found') throw unknown(config.unit);
      const stopped = shown.ActiveState === 'inactive' || shown.ActiveState === 'failed';
      return {
        state: stopped ? 'stopped' : 'running',
        pid: await findPid(shown),
        held: shown.LoadState === 'masked' || isHeld(shown, hold),
        restarts: countOf(shown.NRestarts),
      };
    },
    start: async (effect) => {
      await removeHoldFile(hold);
      // Also for a drop-in with the flags: systemd reads its files only now.
      await act(commands.reload, effect);
      // After too many failures a unit is not started any more; a unit that has not failed has nothing to be forgotten.
      await runEffectOutcome(commands.forget, effect, { timeoutMs: commandMs, env });
      await act(commands.start, effect);
    },
    stop: async (effect) => {
      await writeHoldFile(hold, holdText({ ...config, hold, operationId: effect.operationId }));
      // Crash here: the file is not read yet, the unit not held; whoever looks sees that and asks again.
      await act(commands.reload, effect);
      await act(commands.stop, effect);
    },
    kill: (effect) => act(commands.kill, effect),
  };
}

function holdText({ unit, hold, operationId }: { unit: string; hold: string; operationId: string }): string {
  return [
    `# Written by the aurora-chatops agent (operation ${operationId}): ${unit} stays down while its storage is restored.`,
    '# A restore that ends, or is undone, removes this file. By hand: remove it, then "systemctl daemon-reload".',
    '[Unit]',
    `AssertPathExists=!${hold}`,
    '',
  ].join('\n');
}

function isHeld(shown: Shown, hold: string): boolean {
  const read = (shown.DropInPaths ?? '').split(' ').includes(hold) && shown.NeedDaemonReload === 'no';
  return read && existsSync(hold);
}

/** A unit that forks may have no main process in systemd's eyes (Debian's package): then the first of its group. */
async function findPid(shown: Shown): Promise<number | null> {
  const main = Number(shown.MainPID ?? 0);
  if (main > 0) return main;
  if (shown.ActiveState !== 'active' || !shown.ControlGroup) return null;
  for (const hierarchy of ['', 'unified', 'systemd']) {
    const path = join('/sys/fs/cgroup', hierarchy, shown.ControlGroup, 'cgroup.procs');
    const pids = await readFile(path, 'utf8').catch(() => '');
    const first = Number(pids.split('\n')[0]);
    if (first > 0) return first;
  }
  return null;
}

/** systemd counts restarts since version 235; an older one prints nothing. */
function countOf(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

function splitOnce(line: string): [string, string] {
  const equals = line.indexOf('=');
  return [line.slice(0, equals), line.slice(equals + 1)];
}

function unknown(unit: string): AuroraError {
  return new AuroraError({
    code: 'service-unknown',
    message: `systemd of this host has no unit ${unit}.`,
    hint: 'Correct drivers.service.unit in the configuration of the agent.',
  });
}

function failed(said: string, unit: string): AuroraError {
  return new AuroraError({
    code: 'command-failed',
    message: `${said}.`,
    hint: `Look at "systemctl status ${unit}" on the host; then ask again.`,
  });
}
