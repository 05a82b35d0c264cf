/**
 * Keeps the bot and the agents of a drill running, as a service manager would: a process that ends without being
 * told to is started again. `kill -9` any of them at any time: that is what a drill is for.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';

interface ProgramSpec {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Output is appended here; the pid of the running process is kept beside it. */
  readonly logFile: string;
  /** Resolves when the program answers; called after each start. */
  readonly untilReady: (signal: AbortSignal) => Promise<void>;
}

export interface SupervisedProgram {
  readonly name: string;
  /** The pid now; `null` between an end and the next start. */
  pid(): number | null;
  /** How often it ended without being told to. */
  crashes(): number;
  /** Kills it and keeps it down until it is released. Absent where a machine of its own keeps it running. */
  hold?(): void;
  release?(): void;
  stop(): Promise<void>;
}

/** Not so fast that a program that cannot start burns a core. */
const restartDelayMs = 250;
const crashesMax = 200;

/** Starts a program and answers once it is ready; throws when it ends before that for the third time. */
export async function supervise(
  spec: ProgramSpec,
  hooks: { onCrash?: (name: string, how: string) => void } = {},
): Promise<SupervisedProgram> {
  let child: ChildProcess | null = null;
  let crashes = 0;
  let ready = false;
  let held = false;
  const stopping = new AbortController();

  const startOnce = async (): Promise<void> => {
    const output = fs.openSync(spec.logFile, 'a');
    const [command = process.execPath, ...rest] = spec.argv;
    const started = spawn(command, rest, { stdio: ['ignore', output, output], env: { ...spec.env } });
    fs.closeSync(output);
    child = started;
    fs.writeFileSync(pidFile(spec.logFile), `${started.pid ?? ''}\n`);
    const over = new AbortController();
    const exited = once(started, 'exit').then(([code, signal]) => {
      over.abort();
      child = null;
      return signal === null ? `exit ${String(code)}` : String(signal);
    });
    void exited.then((how) => onExit(how));
    try {
      await spec.untilReady(AbortSignal.any([over.signal, stopping.signal]));
    } catch (error) {
      // Its end, whenever that is, starts the next one: one that never gets ready must end for that.
      started.kill('SIGKILL');
      throw error;
    }
    if (over.signal.aborted) throw new Error(`${spec.name} ended before it was ready: see ${spec.logFile}`);
    ready = true;
  };

  const onExit = (how: string): void => {
    if (stopping.signal.aborted || !ready || held) return;
    crashes += 1;
    hooks.onCrash?.(spec.name, how);
    if (crashes > crashesMax) return;
    setTimeout(startAgain, restartDelayMs).unref();
  };

  const startAgain = (): void => {
    if (stopping.signal.aborted || held || child !== null) return;
    // What went wrong is in its log, and its end starts the next one.
    startOnce().catch(() => undefined);
  };

  for (let attempt = 1; !ready; attempt += 1) {
    try {
      await startOnce();
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
  return {
    name: spec.name,
    pid: () => child?.pid ?? null,
    crashes: () => crashes,
    hold: () => {
      held = true;
      child?.kill('SIGKILL');
    },
    release: () => {
      held = false;
      startAgain();
    },
    stop: async () => {
      stopping.abort();
      const last = child;
      if (last === null) return;
      const gone = once(last, 'exit');
      last.kill('SIGTERM');
      const timer = setTimeout(() => last.kill('SIGKILL'), 5_000);
      await gone;
      clearTimeout(timer);
      fs.rmSync(pidFile(spec.logFile), { force: true });
    },
  };
}

const pidFile = (logFile: string): string => logFile.replace(/\.log$/, '.pid');

/**
 * Ends what an earlier drill in this directory left running when it was killed itself. A process is only taken for one
 * of its programs when its command line names the directory.
 */
export function endLeftovers(directory: string): void {
  for (const name of fs.readdirSync(directory).filter((file) => file.endsWith('.pid'))) {
    const file = join(directory, name);
    const pid = Number(fs.readFileSync(file, 'utf8').trim());
    if (Number.isInteger(pid) && pid > 1 && commandLineOf(pid).includes(directory))
      process.kill(pid, 'SIGKILL');
    fs.rmSync(file);
  }
}

/** Empty when there is no such process, or no way to look. */
function commandLineOf(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
