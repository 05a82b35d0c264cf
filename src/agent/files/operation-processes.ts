/** Processes that an operation has started and that still run, whatever they have become meanwhile. */
import { readdir, readFile } from 'node:fs/promises';
import { operationVariable } from '../run-command.ts';
import { isAlive } from './processes.ts';

/**
 * Pids with the operation in their environment and `argument` on their command line. Start scripts replace themselves
 * by a Java process whose arguments begin with others, so that only one that is handed through tells it.
 */
export async function findOperationProcesses(
  operationId: string,
  argument: string,
): Promise<readonly number[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const wanted = `${operationVariable}=${operationId}`;
  const found = await Promise.all(
    pids.map(
      async (pid) =>
        (await readList(`/proc/${pid}/environ`)).includes(wanted) &&
        (await readList(`/proc/${pid}/cmdline`)).some((word) => word.includes(argument)) &&
        (await isAlive(pid)),
    ),
  );
  return pids.filter((_pid, index) => found[index]);
}

async function readList(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.replace(/\0$/, '').split('\0');
}
