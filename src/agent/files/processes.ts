/** Processes of this host, read from /proc. */
import { readdir, readFile } from 'node:fs/promises';
import { operationVariable } from '../run-command.ts';

/** Whether the process still runs; one that ended and was not yet reaped (a zombie) does not. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return !isEnded(await readStat(pid));
}

/**
 * One start of one process, as a text that no other process of this machine ever has: boot, pid, and the tick of its
 * start. A script that turns itself into a program stays the same. `null` when it does not run, or there is no /proc.
 */
export async function readProcessStart(pid: number): Promise<string | null> {
  const stat = await readStat(pid);
  const startedAt = stat[19];
  if (startedAt === undefined || isEnded(stat)) return null;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return boot === '' ? null : `${boot.trim()}/${pid}/${startedAt}`;
}

/** Fields 3 (the state) and on of proc(5): they follow the command name, which is in parentheses and may itself hold some. */
async function readStat(pid: number): Promise<readonly string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat === ''
    ? []
    : stat
        .slice(stat.lastIndexOf(')') + 2)
        .trim()
        .split(' ');
}

function isEnded([state]: readonly string[]): boolean {
  return state === 'Z' || state === 'X';
}

/**
 * Pids of commands that an earlier life of this agent started for the operation and that outlived it. A scheduler
 * that such a command started inherits the variable; it is told apart by its command line.
 */
export async function findOrphanedCommands(
  operationId: string,
  commands: readonly (readonly string[])[],
): Promise<readonly number[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const wanted = `${operationVariable}=${operationId}`;
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readList(`/proc/${pid}/environ`);
      if (!environment.includes(wanted)) return false;
      const argv = await readList(`/proc/${pid}/cmdline`);
      return commands.some((command) => runsCommand(argv, command)) && (await isAlive(pid));
    }),
  );
  return pids.filter((_pid, index) => found[index]);
}

/**
 * A script appears behind its interpreter (the command's arguments end the process's), and a wrapper such as `runuser`
 * replaces itself (the process's arguments end the command's).
 */
function runsCommand(argv: readonly string[], command: readonly string[]): boolean {
  const tail = command.length > 1 ? command.slice(1) : command;
  return endsWith(argv, tail) || (argv.length > 1 && endsWith(command, argv));
}

function endsWith(list: readonly string[], tail: readonly string[]): boolean {
  const from = list.length - tail.length;
  return from >= 0 && tail.every((item, index) => list[from + index] === item);
}

async function readList(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.replace(/\0$/, '').split('\0');
}
