/**
 * The scheduler as a script of /etc/init.d. A stopped one comes back by a boot, a hand, a monitor: `update-rc.d disable` and `chkconfig off`
 * are for the boot alone. So a script of our own takes its place, which refuses to start and passes everything else on; the
 * script itself, the same file under its own name, lies in `.aurora-chatops` beside it, and one rename puts it back.
 *
 * A script is not believed: what its pid file names must be a scheduler, and who holds the log is one.
 */
import { lstat, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AuroraError } from '../../aurora/errors.ts';
import {
  linkDurably,
  makeDirectory,
  nameExists,
  renameDurably,
  writeDurably,
} from '../files/durable-file.ts';
import { atName } from '../files/pinned.ts';
import { isMissing, readSmall } from '../files/plain-file.ts';
import { findScheduler, killSchedulers } from '../files/scheduler-pids.ts';
import type { Sysvinit } from '../old-service-config.ts';
import { describeOutcome, runCommand } from '../run-command.ts';
import { runEffect } from './effect-command.ts';
import type { ServiceDriver } from './service-driver.ts';

interface Places {
  readonly script: string;
  /** The script while it is held; its name is the same, for scripts that go by the name they are called by. */
  readonly aside: string;
}

function placesOf({ script, scriptDirectory }: Sysvinit): Places {
  return { script: join(scriptDirectory, script), aside: join(scriptDirectory, '.aurora-chatops', script) };
}

/** What is run to change anything, as it appears in a process list; service(8) does no more. */
export function sysvinitCommands(config: Sysvinit): readonly (readonly string[])[] {
  const { script, aside } = placesOf(config);
  return [
    [script, 'start'],
    [aside, 'stop'],
  ];
}

const scriptBytesMax = 1024 * 1024;
const secondLine = '# Written by the aurora-chatops agent';

/** Throws AuroraError `service-unknown` when there is no such script, or neither it nor its pid file tells its state. */
export function createSysvinitService(
  config: Sysvinit,
  { log, commandMs }: { log: string; commandMs: number },
): ServiceDriver {
  const { script, aside } = placesOf(config);
  const [start = [], stop = []] = sysvinitCommands(config);

  /** Whether ours is in its place. */
  const isHeld = async (): Promise<boolean> => {
    const found = await lstat(script).catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    if (found === null) throw unknown(`there is no ${script}`);
    if (!found.isFile()) throw unknown(`${script} is a link or no file, and cannot be held`);
    return (await readSmall(script, scriptBytesMax)).startsWith(`#!/bin/sh\n${secondLine}`);
  };

  const hold = async (operationId: string): Promise<void> => {
    if (await isHeld()) return;
    if (!(await nameExists(dirname(aside)))) await makeDirectory({ path: dirname(aside), identity });
    await linkDurably(script, aside);
    // Crash here: the script has a second name and is not held; whoever looks sees that and asks again.
    const header = headerOf(await readSmall(aside, scriptBytesMax));
    await writeDurably(script, holdText({ operationId, script, aside, header }), identity);
  };

  const release = async (): Promise<void> => {
    if (!(await isHeld())) return;
    if (!(await nameExists(aside))) throw unknown(`${aside}, which is the script that was held, is gone`);
    await renameDurably(aside, script);
    // Crash here: an empty directory stays, which means nothing to anybody.
    await atName(dirname(aside), (at) => rmdir(at)).catch(() => undefined);
  };

  /** As its pid file says; `null` when it says nothing. */
  const readPid = async (): Promise<number | null> => {
    if (config.pidFile === undefined) return null;
    const text = await readSmall(config.pidFile, 64).catch(() => '');
    return /^[1-9]\d{0,9}$/.test(text.trim()) ? Number(text.trim()) : null;
  };

  /** By the exit code of `status` (LSB): 0 runs, 1 to 3 does not, anything else is no answer. */
  const saysRunning = async (): Promise<boolean> => {
    const argv = [(await isHeld()) ? aside : script, 'status'];
    const outcome = await runCommand({ argv, timeoutMs: commandMs });
    if (outcome.exitCode === 0) return true;
    if (outcome.exitCode !== null && outcome.exitCode <= 3) return false;
    throw unknown(describeOutcome(argv, outcome));
  };

  return {
    status: async () => {
      const held = await isHeld();
      const pid = await findScheduler(await readPid(), log);
      const running = pid !== null || (config.pidFile === undefined && (await saysRunning()));
      return { state: running ? 'running' : 'stopped', pid, held, restarts: null };
    },
    start: async (effect) => {
      await release();
      await runEffect(start, effect, commandMs);
    },
    stop: async (effect) => {
      await hold(effect.operationId);
      await runEffect(stop, effect, commandMs);
    },
    kill: async () => killSchedulers(await readPid(), log),
  };
}

const identity = { mode: 0o755, uid: 0, gid: 0 };

/** What insserv, update-rc.d and chkconfig go by: a script without it would change when the host starts what. */
function headerOf(script: string): readonly string[] {
  const lines = script.split('\n').slice(0, 200);
  const from = lines.findIndex((line) => /^### BEGIN INIT INFO\s*$/.test(line));
  const to = lines.findIndex((line) => /^### END INIT INFO\s*$/.test(line));
  const block = from >= 0 && to > from ? lines.slice(from, to + 1) : [];
  const chkconfig = lines.filter((line) => /^# (chkconfig|description):/.test(line) && !block.includes(line));
  return [...chkconfig, ...block].filter((line) => line.startsWith('#'));
}

function holdText(of: Places & { operationId: string; header: readonly string[] }): string {
  const why = 'the scheduler stays down while its storage is restored';
  return [
    '#!/bin/sh',
    `${secondLine} (operation ${of.operationId}): ${why}.`,
    '# A restore that ends, or is undone, puts the script back. By hand, if none is in progress:',
    `#   mv ${of.aside} ${of.script}`,
    ...of.header,
    'case "$1" in',
    `  stop | status) exec ${quoted(of.aside)} "$@" ;;`,
    'esac',
    `echo ${quoted(`aurora-chatops: ${why}; ${of.script} says more`)} >&2`,
    'exit 1',
    '',
  ].join('\n');
}

/** One word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function unknown(why: string): AuroraError {
  return new AuroraError({
    code: 'service-unknown',
    message: `The state of the scheduler cannot be told: ${why}.`,
    hint: 'Correct drivers.service in the configuration of the agent: script must name the file itself, and pidFile where its "status" cannot be relied on.',
  });
}
