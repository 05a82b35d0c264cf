/** A program in the place of a proof: its output is kept to its last part, and it ends when it is told to. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Clock } from '../../aurora/clock.ts';
import { within } from '../../aurora/within.ts';

const tailBytes = 6_000;
const stopMs = 5_000;

export interface RunningProgram {
  /** `null` while it runs. */
  ended(): { readonly code: number | null; readonly signal: string | null } | null;
  /** The end of what it has said. */
  tail(): string;
  /** Everything that it has said, up to the bound of one who reads answers. */
  said(): string;
  /** Waits for its end. */
  end: Promise<void>;
  /** SIGTERM, and SIGKILL after some seconds (0.12 ignores the first one in this mode, aurora.md 15). */
  stop(): Promise<void>;
}

/** Never rejects: a program that cannot be started has ended, and its tail says why. */
export function startProgram(
  { argv, env }: { argv: readonly string[]; env: Readonly<Record<string, string>> },
  { cwd, clock }: { cwd: string; clock: Clock },
): RunningProgram {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let kept: Buffer = Buffer.alloc(0);
  let failure: { code: number | null; signal: string | null } | null = null;
  const keep = (chunk: Buffer): void => {
    kept = Buffer.concat([kept, chunk]).subarray(-64 * 1024);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.on('error', (error) => {
    keep(Buffer.from(`${error.message}\n`));
    failure = { code: null, signal: null };
  });
  const end = once(child, 'exit').then(
    () => undefined,
    () => undefined,
  );
  const ended = () =>
    child.exitCode !== null || child.signalCode !== null
      ? { code: child.exitCode, signal: child.signalCode }
      : failure;
  /** Its group: a start script may not turn itself into the JVM. */
  const signal = (name: 'SIGTERM' | 'SIGKILL'): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, name);
    } catch {
      // It is gone.
    }
  };
  return {
    ended,
    tail: () => kept.subarray(-tailBytes).toString('utf8'),
    said: () => kept.toString('utf8'),
    end,
    stop: async () => {
      signal('SIGTERM');
      if (ended() === null) await within(clock, stopMs, end);
      signal('SIGKILL');
      if (ended() === null) await end;
    },
  };
}
