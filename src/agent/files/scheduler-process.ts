/** What a running scheduler says of itself: the flags it was started with, and the release its jars are of. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { FlagValues } from '../flags/flag-grammar.ts';

interface SchedulerProcess {
  readonly argv: readonly string[];
  /** As `0.22.0`, from the names of its jars; `null` when no name tells. */
  readonly release: string | null;
}

/** `null` when there is no such process, or we may not look at it. */
export async function readSchedulerProcess(pid: number): Promise<SchedulerProcess | null> {
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (line === '') return null;
  const argv = line.replace(/\0$/, '').split('\0');
  return { argv, release: releaseIn([...argv, ...(await openFiles(pid))]) };
}

interface FlagComparison {
  /** At least one flag of the file stands on the command line: it is the scheduler, and no longer its start script. */
  readonly recognised: boolean;
  /** Names of flags that the process has not, or has with another value. */
  readonly different: readonly string[];
}

/** Compares the flags that a file gives with those that a process was given. */
export function compareFlags(given: FlagValues, expected: FlagValues): FlagComparison {
  const names = Object.keys(expected);
  return {
    recognised: names.some((name) => name in given),
    different: names.filter((name) => given[name] !== expected[name]),
  };
}

/** The jar of the scheduler itself is called `aurora-<release>.jar`, in a class path or open. */
function releaseIn(texts: readonly string[]): string | null {
  const found = new Set(
    texts.flatMap((text) =>
      [...text.matchAll(/(?:^|[/:])aurora-(\d+\.\d+\.\d+(?:-[A-Za-z0-9]+)?)\.jar(?=$|:)/g)].flatMap(
        ([, release]) => release ?? [],
      ),
    ),
  );
  const [only, another] = found;
  return another === undefined ? (only ?? null) : null;
}

async function openFiles(pid: number): Promise<readonly string[]> {
  const directory = `/proc/${pid}/fd`;
  const names = await readdir(directory).catch(() => []);
  return await Promise.all(names.map((name) => readlink(join(directory, name)).catch(() => '')));
}
