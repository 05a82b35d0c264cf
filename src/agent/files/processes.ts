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
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The state follows the command name, which is in parentheses and may itself hold some.
  const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  return state !== 'Z' && state !== 'X';
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
