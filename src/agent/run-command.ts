/**
 * Runs one program by its argument vector, never through a shell, with an environment of our own making: what the
 * agent was started with (a scheduler's LIBPROCESS_PORT, secrets) does not reach it. Output is kept up to a bound.
 */

import { spawn } from 'node:child_process';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { timeText } from '../aurora/time-text.ts';

export interface CommandOutcome {
  /** `null` when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface CommandRequest {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** What it reads from its standard input; nothing unless said otherwise. */
  readonly input?: string;
  /** Which part of an output beyond the bound is kept; the start unless said otherwise. */
  readonly keep?: 'start' | 'end';
  /** How much of each output is kept, in bytes; 64 KiB unless said otherwise. */
  readonly outputBytes?: number;
}

/** Environment variable by which a command's effect can be traced to the operation that asked for it. */
export const operationVariable = 'AURORA_OPERATION_ID';

const usualOutputBytes = 64 * 1024;
/** After the program's end, how long a child of it may keep the pipe open before we stop reading. */
const drainMs = 250;

const scrubbed = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
  HOME: '/',
};

/** Throws AuroraError `command-not-started` or `command-too-slow`; any exit code is an outcome. */
export function runCommand({
  argv,
  env,
  timeoutMs,
  input,
  keep = 'start',
  outputBytes = usualOutputBytes,
}: CommandRequest): Promise<CommandOutcome> {
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const how = { env: { ...scrubbed, ...env }, shell: false };
    // What a command without input leaves running inherits /dev/null and no pipe of ours.
    const child =
      input === undefined
        ? spawn(program, args, { ...how, stdio: ['ignore', 'pipe', 'pipe'] })
        : spawn(program, args, { ...how, stdio: ['pipe', 'pipe', 'pipe'] });
    // A program that ends without reading it tells why by its exit code.
    child.stdin?.on('error', () => undefined).end(input);
    const keepOutput = keep === 'start' ? keepStart : keepEnd;
    const stdout = keepOutput(child.stdout, outputBytes);
    const stderr = keepOutput(child.stderr, outputBytes);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(
        new AuroraError({
          code: 'command-not-started',
          message: `${program} could not be started: ${messageOf(error)}.`,
          hint: 'Correct the command in the configuration of the agent.',
          cause: error,
        }),
      );
    });
    child.once('exit', (exitCode, signal) => {
      clearTimeout(timer);
      // A daemon that the program left behind may hold the pipes for ever: 'close' is not to be relied on.
      const drain = setTimeout(finish, drainMs);
      child.once('close', () => {
        clearTimeout(drain);
        finish();
      });
      function finish(): void {
        child.stdout.destroy();
        child.stderr.destroy();
        if (late) reject(tooSlow(program, timeoutMs));
        else resolve({ exitCode, signal, stdout: stdout(), stderr: stderr() });
      }
    });
  });
}

/** `argv` with every `{name}` replaced; names were checked when the configuration was read. */
export function fillArguments(
  argv: readonly string[],
  values: Readonly<Record<string, string>>,
): readonly string[] {
  return argv.map((argument) =>
    argument.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole),
  );
}

/** What a person should see of a failed command: its last line of output, bounded. */
export function describeOutcome(argv: readonly string[], outcome: CommandOutcome): string {
  const end = outcome.signal === null ? `exit ${outcome.exitCode ?? '?'}` : outcome.signal;
  const said = `${outcome.stdout}\n${outcome.stderr}`.trim().split('\n').at(-1)?.trim().slice(0, 300) ?? '';
  return `${argv[0] ?? ''} ended with ${end}${said === '' ? '' : ` (${said})`}`;
}

function keepStart(stream: NodeJS.ReadableStream, outputBytes: number): () => string {
  const chunks: Buffer[] = [];
  let kept = 0;
  stream.on('data', (chunk: Buffer) => {
    if (kept >= outputBytes) return;
    chunks.push(chunk.subarray(0, outputBytes - kept));
    kept += chunk.length;
  });
  stream.on('error', () => undefined);
  return () => Buffer.concat(chunks).toString('utf8');
}

function keepEnd(stream: NodeJS.ReadableStream, outputBytes: number): () => string {
  let kept = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]).subarray(-outputBytes);
  });
  stream.on('error', () => undefined);
  return () => kept.toString('utf8');
}

function tooSlow(program: string, timeoutMs: number): AuroraError {
  return new AuroraError({
    code: 'command-too-slow',
    message: `${program} did not end within ${timeText(timeoutMs)} and was killed.`,
    hint: 'Look at what it waits for on the host; then ask again.',
  });
}
