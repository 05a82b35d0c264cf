import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFlagFile } from '../scheduler/flags/parse.ts';
import { compileCache } from './compile-cache.ts';
import { hostPaths } from './host-dir.ts';

/** The scheduler as the pretend service manager sees it. */
interface ServiceStatus {
  readonly state: 'running' | 'stopped';
  readonly pid: number | null;
  /** This service manager starts nothing by itself. */
  readonly restarts: 0;
}

/** Environment of every simulated scheduler: nothing of the caller's, as under a service manager. */
const environment = { PATH: process.env.PATH ?? '', TZ: 'UTC', ...compileCache() };

/**
 * Looks at the pid file and at the process it names; a process that ended and was not yet reaped does not
 * run.
 */
export function readStatus(directory: string): ServiceStatus {
  const { pid: file, stoppingPid } = hostPaths(directory);
  const pid = readPid(file) ?? readPid(stoppingPid);
  return pid !== null && isAlive(pid) && isOurs(pid, directory)
    ? { state: 'running', pid, restarts: 0 }
    : { state: 'stopped', pid: null, restarts: 0 };
}

/**
 * Starts the scheduler detached, its output appended to the host's log file. Returns false when it runs
 * already.
 */
export function startScheduler(directory: string, program: readonly string[]): boolean {
  if (readStatus(directory).state === 'running') return false;
  const paths = hostPaths(directory);
  const output = fs.openSync(paths.output, 'a');
  const [command = process.execPath, ...rest] = program;
  // As a startup script does it: the process keeps the flags of its start, whatever becomes of the file.
  const flags = readFlagFile(fs.readFileSync(paths.flags, 'utf8'));
  const child = spawn(command, [...rest, '--world', paths.world, ...flags], {
    detached: true,
    stdio: ['ignore', output, output],
    env: environment,
  });
  fs.closeSync(output);
  if (child.pid === undefined) throw new Error(`cannot start ${command}`);
  fs.rmSync(paths.stoppingPid, { force: true });
  fs.writeFileSync(`${paths.pid}.new`, `${child.pid}\n`);
  fs.renameSync(`${paths.pid}.new`, paths.pid);
  child.unref();
  return true;
}

/**
 * From now on the scheduler is meant to be stopped: its pid moves out of the pid file, which is there exactly
 * as long as it is meant to run. A drill that is taken up again starts those, as a real service manager does
 * after a crash, and no others. Returns false when it was meant to be stopped already.
 */
export function wantStopped(directory: string): boolean {
  const { pid, stoppingPid } = hostPaths(directory);
  if (!fs.existsSync(pid)) return false;
  fs.renameSync(pid, stoppingPid);
  return true;
}

/** Sends the signal and waits a little; the caller looks again and decides. Returns false when nothing runs. */
export async function signalScheduler(
  directory: string,
  { signal, waitMs }: { signal: 'SIGTERM' | 'SIGKILL'; waitMs: number },
): Promise<boolean> {
  const { pid } = readStatus(directory);
  if (pid === null) return false;
  process.kill(pid, signal);
  for (let waited = 0; waited < waitMs && isAlive(pid); waited += 20) await sleep(20);
  return true;
}

function readPid(file: string): number | null {
  if (!fs.existsSync(file)) return null;
  const pid = Number(fs.readFileSync(file, 'utf8').trim());
  return Number.isInteger(pid) && pid > 0 ? pid : null;
}

/** A pid that was given away again, to somebody else, is no scheduler of this host. */
function isOurs(pid: number, directory: string): boolean {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(hostPaths(directory).world);
  } catch {
    return process.platform !== 'linux';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !['Z', 'X'].includes(stat.slice(stat.lastIndexOf(')') + 2).charAt(0));
  } catch {
    return process.platform !== 'linux';
  }
}
