/**
 * One job in a place of its own, from outside: a directory with a pipe, a command that makes the place, the backup by its descriptor
 * down the pipe, and one line back. Whatever happens, nothing of it is left: the command is killed, the place cleared, the directory gone.
 * A killed agent closes the pipe, and the place ends by itself; its directory is removed by the next one (`clearLeftovers`).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { Clock } from '../../aurora/clock.ts';
import { messageOf } from '../../aurora/errors.ts';
import { within } from '../../aurora/within.ts';
import { readSmall } from '../files/plain-file.ts';
import { runCommand } from '../run-command.ts';
import { type Isolation, jobPrefix, type ProofRequest } from './isolation.ts';
import { answerSchema, type Job, type ProofFinding } from './job.ts';

/** A command that makes a place, and one that takes it away, need some time of their own. */
const besidesMs = 30_000;
const answerBytesMax = 64 * 1024;
/** For the program inside to see its input end. */
const endMs = 5_000;

interface JobRun {
  readonly isolation: Isolation;
  readonly request: Omit<ProofRequest, 'directory'>;
  /** `prove.directory`. */
  readonly directory: string;
  readonly job: Job;
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly clock: Clock;
  /** Ends it, from outside. */
  readonly signal: AbortSignal;
}

/** What each way has shown; a sentence when the proof itself failed. */
export async function runJob(run: JobRun): Promise<readonly ProofFinding[] | string> {
  const { isolation, clock, request } = run;
  const directory = join(run.directory, `${jobPrefix}${request.id}`);
  const pipe = join(directory, 'in');
  await mkdir(run.directory, { recursive: true, mode: 0o700 });
  await mkdir(directory, { mode: 0o700 });
  const children: ChildProcess[] = [];
  let ended: Promise<string | null> = Promise.resolve(null);
  const bound = new AbortController();
  const start = (argv: readonly string[], input: 'pipe' | 'ignore'): ChildProcess => {
    const [program = '', ...args] = argv;
    const child = spawn(program, args, { stdio: [input, 'ignore', 'ignore'], env: { PATH: path } });
    child.on('error', () => undefined);
    children.push(child);
    return child;
  };
  try {
    await runCommand({ argv: ['/usr/bin/mkfifo', '-m', '600', pipe], timeoutMs: besidesMs });
    // Opened by a child: to open a pipe waits for who opens its other end, and a thread of ours would wait with it.
    const feeder = start(['/bin/sh', '-c', 'exec cat >"$0"', pipe], 'pipe');
    const command = start(isolation.command({ ...request, directory }), 'ignore');
    ended = once(command, 'exit').then(
      () => null,
      (error: unknown) => messageOf(error),
    );
    if (feeder.stdin !== null) void feed(feeder.stdin, run);
    const aborted = new Promise<string>((resolve) => {
      if (run.signal.aborted) resolve(stopped);
      run.signal.addEventListener('abort', () => resolve(stopped), { once: true });
    });
    const tooLong = clock
      .sleep(run.job.bounds.totalMs + besidesMs, bound.signal)
      .then(() => 'It took longer than it may (prove.seconds).');
    const failure = await Promise.race([ended, aborted, tooLong]);
    return failure ?? (await readAnswer(directory));
  } finally {
    bound.abort();
    // The end of the pipe ends what is inside, and the command ends after the last of it. A killed one would not wait for them.
    children[0]?.kill('SIGKILL');
    await within(clock, endMs, ended);
    for (const child of children) child.kill('SIGKILL');
    await isolation.clear(request.id).catch(() => undefined);
    await rm(directory, { recursive: true, force: true });
  }
}

const stopped = 'It was stopped, by hand or because a restore goes first.';
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The job, the backup, and then nothing: the pipe stays open as long as this process lives. */
async function feed(to: Writable, { job, bytes }: JobRun): Promise<void> {
  const lines = async function* (): AsyncGenerator<Uint8Array | string> {
    yield `${JSON.stringify(job)}\n`;
    yield* bytes;
  };
  // Who does not read to the end says why in the answer.
  await pipeline(lines(), to, { end: false }).catch(() => undefined);
}

const faultSchema = z.object({ fault: z.string().max(4_000) });

async function readAnswer(directory: string): Promise<readonly ProofFinding[] | string> {
  const text = await readSmall(join(directory, 'verdict'), answerBytesMax).catch(() => '');
  const parsed = parseLine(text);
  const answer = answerSchema.safeParse(parsed);
  if (answer.success && answer.data.findings.length > 0) return answer.data.findings;
  const fault = faultSchema.safeParse(parsed);
  if (fault.success) return `No proof was made: ${fault.data.fault}`;
  const said = await readSmall(join(directory, 'said'), answerBytesMax).catch(() => '');
  const last = said.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  return `The proof ended without an answer${last === '' ? '' : `: ${last}`}.`;
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Takes away what a killed agent has left; `inUse` is the proof of somebody who lives. */
export async function clearLeftovers(
  directory: string,
  isolation: Isolation,
  inUse: string | null,
): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    const id = name.slice(jobPrefix.length);
    if (!name.startsWith(jobPrefix) || !/^[0-9a-f]+$/.test(id) || id === inUse) continue;
    await isolation.clear(id).catch(() => undefined);
    await rm(join(directory, name), { recursive: true, force: true });
  }
}
