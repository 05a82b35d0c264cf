/**
 * Fuzzes all decoders in child processes. A decoder may take bytes or refuse them in its own words; a finding is anything else:
 * something thrown that is not its own error or an answer that depends on how the bytes came (`crash`, as is a process that
 * died), one input that takes longer than the bound (`hang`), memory that is kept (`growth`).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createExecutions } from './executions.ts';
import { type Tale, taleSchema } from './tale.ts';

interface Finding {
  readonly kind: 'crash' | 'hang' | 'growth';
  readonly target: string;
  /** With the seed it makes the same bytes again. */
  readonly number: number;
  readonly why: string;
  readonly bytes: Buffer;
}

interface FuzzReport {
  readonly seed: number;
  readonly executions: number;
  readonly taken: number;
  readonly refused: number;
  readonly findings: readonly Finding[];
}

interface FuzzOptions {
  readonly executions: number;
  readonly seed: number;
  /** Child processes at a time. */
  readonly jobs: number;
  /** The longest that one input may compute, in ms. */
  readonly boundMs: number;
  /** Nothing but these decoders. */
  readonly only: readonly string[] | null;
  say(line: string): void;
}

/** Whoever needs more than this for a few thousand bytes holds what it should not. */
const childHeapMb = 192;
const findingsMax = 50;
const program = new URL('child.ts', import.meta.url).pathname;

export async function fuzzDecoders(options: FuzzOptions): Promise<FuzzReport> {
  const directory = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const findings: Finding[] = [];
  const counts = { taken: 0, refused: 0 };
  const executionOf = createExecutions(options);
  const find = (kind: Finding['kind'], { number, why }: { number: number; why: string }): void => {
    const { target, bytes } = executionOf(number);
    findings.push({ kind, target, number, why, bytes });
    options.say(`${kind} in ${target}, execution ${number}: ${why}`);
  };
  const hear = (tale: Tale): void => {
    if (tale.kind === 'threw') find('crash', tale);
    else if (tale.kind === 'grew') find('growth', tale);
    else {
      counts.taken += tale.taken;
      counts.refused += tale.refused;
    }
  };
  /** One stretch of executions, by as many children as it takes: whatever ends one is passed over by the next. */
  const stretch = async (job: number): Promise<void> => {
    const to = Math.floor((options.executions * (job + 1)) / options.jobs);
    let from = Math.floor((options.executions * job) / options.jobs);
    while (from < to && findings.length < findingsMax) {
      const progress = join(directory, String(job));
      const end = await runChild({ ...options, from, to, progress, hear });
      if (end === null) return;
      const number = progressOf(progress) ?? from;
      find(end.kind, { number, why: end.why });
      from = number + 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: options.jobs }, (_, job) => stretch(job)));
  } finally {
    rmSync(directory, { recursive: true });
  }
  return { seed: options.seed, executions: options.executions, ...counts, findings };
}

/** `null` when it came to its end. */
async function runChild(options: {
  seed: number;
  from: number;
  to: number;
  only: readonly string[] | null;
  progress: string;
  boundMs: number;
  hear: (tale: Tale) => void;
}): Promise<{ kind: 'crash' | 'hang'; why: string } | null> {
  const { seed, from, to, only, progress, boundMs, hear } = options;
  const child = spawn(
    process.execPath,
    [
      `--max-old-space-size=${childHeapMb}`,
      program,
      String(seed),
      String(from),
      String(to),
      (only ?? []).join(','),
      progress,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (piece: Buffer) => {
    said = (said + piece.toString('utf8')).slice(-2_000);
  });
  createInterface({ input: child.stdout }).on('line', (line) => hear(taleSchema.parse(JSON.parse(line))));
  const watch = watchProgress(child, { progress, boundMs });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(watch.timer);
  if (watch.hangs()) return { kind: 'hang', why: `it takes longer than ${boundMs} ms` };
  return code === 0
    ? null
    : { kind: 'crash', why: `the process ended with ${code ?? child.signalCode}: ${said}` };
}

/** Ends a child that is busy with the same execution for longer than the bound. */
function watchProgress(
  child: ChildProcess,
  { progress, boundMs }: { progress: string; boundMs: number },
): { timer: NodeJS.Timeout; hangs: () => boolean } {
  let last: number | null = null;
  let since = 0;
  let hangs = false;
  const look = (): void => {
    const now = progressOf(progress);
    const busyMs = busyMsOf(child.pid);
    if (now !== last) {
      last = now;
      since = busyMs;
    } else if (busyMs - since > boundMs) {
      hangs = true;
      child.kill('SIGKILL');
    }
  };
  return { timer: setInterval(look, Math.min(500, boundMs / 4)), hangs: () => hangs };
}

const tickMs = 10;

/** The time that a process has computed, by proc(5), for on a busy machine it waits much longer; elsewhere any time. */
function busyMsOf(pid: number | undefined): number {
  try {
    // Its name, in brackets, may hold spaces; utime and stime are the 14th and 15th field.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * tickMs;
  } catch {
    return existsSync('/proc/self/stat') ? 0 : performance.now();
  }
}

function progressOf(file: string): number | null {
  try {
    return readFileSync(file).readDoubleLE();
  } catch {
    return null;
  }
}
