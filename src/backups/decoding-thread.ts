/**
 * Decodes backups beside the event loop: one thread decodes, another hashes, and the caller's only reads. One file at a time. Both
 * look at the same bytes, in memory that all three share, so that nothing is copied and what was hashed is what was decoded.
 *
 * Promises: memory is bounded (a few pieces, and a heap for each thread); whoever goes away ends the threads; what goes wrong in
 * one is an AuroraError, and the next file gets new threads. The threads end when there was nothing to do for a while.
 */
import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { BackupReport } from '../aurora/backups.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { BackupDecoder } from './decode-backup.ts';

type Report = Omit<BackupReport, 'file'>;

/** Puts the next bytes of a file into `into` and says how many; 0 at its end. */
export type ReadInto = (into: Buffer) => Promise<number>;

export interface DecodingThread {
  /**
   * Decodes and judges one backup. Rethrows what `read` throws; throws AuroraError `decoding-failed` when the threads cannot, and the
   * reason of `signal` when that aborts. `onBytes` is told how many bytes have been read.
   */
  inspect(read: ReadInto, options?: InspectOptions): Promise<Report>;
  /** Ends the threads, whatever they do. */
  close(): Promise<void>;
}

interface InspectOptions {
  readonly signal?: AbortSignal;
  readonly onBytes?: (bytes: number) => void;
}

/** What both threads are started with: memory that all share, in pieces, each of which is filled again when both are done with it. */
export interface ThreadStart {
  readonly memory: SharedArrayBuffer;
  readonly niceness: number;
}
/** To both threads: the next bytes of a file, in that part of the memory, or its end. */
export type ThreadOrder =
  | { readonly kind: 'piece'; readonly start: number; readonly size: number }
  | { readonly kind: 'end' };
/** From one of them: it is done with the piece there, or with the file. */
export type ThreadAnswer<Result> =
  | { readonly kind: 'done'; readonly start: number }
  | { readonly kind: 'result'; readonly result: Result };

/** A file that is shorter is decoded at once: to start a thread takes longer. */
const atOnceBytes = 256 * 1024;
/** A task that is cut by the end of a piece is read twice, and each piece wakes three threads: smaller ones are slower by a fifth. */
const pieceBytes = 512 * 1024;
/** Enough that no thread waits for another one while the disk is faster. */
const pieces = 4;
/** Of each thread. The largest value that is read is 32 MB long (src/thrift/stream-reader.ts). */
const heapMb = 256;
/** A piece takes a thread a few milliseconds; on a host that is on its knees a thousand times that. */
const silenceMsMax = 60_000;
const idleMs = 10_000;

/** No thread runs before there is a file that needs one. `niceness`: 0, or up to 19 to leave the processor to others first. */
export function createDecodingThread({ niceness = 0 }: { niceness?: number } = {}): DecodingThread {
  let threads: Threads | null = null;
  let first: Buffer | null = null;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const end = async (): Promise<void> => {
    const ended = threads;
    threads = null;
    clearTimeout(idle);
    await ended?.end();
  };

  const inspect = async (read: ReadInto, options: InspectOptions): Promise<Report> => {
    options.signal?.throwIfAborted();
    first ??= Buffer.allocUnsafeSlow(atOnceBytes);
    const size = await fill(first, read);
    options.onBytes?.(size);
    if (size < first.length) return decodeAtOnce(first.subarray(0, size));
    clearTimeout(idle);
    threads ??= new Threads(niceness);
    try {
      return await threads.inspect({ first, read, ...options });
    } catch (thrown) {
      // Whatever they were at, they are not used for another file.
      await end();
      throw thrown;
    } finally {
      idle = setTimeout(() => void end(), idleMs).unref();
    }
  };

  return {
    inspect(read, options = {}) {
      const result = last.then(() => inspect(read, options));
      last = result.catch(() => undefined);
      return result;
    },
    close: end,
  };
}

/** The bytes of an iterable, for `inspect`. They are copied: whoever made them may use them again. */
export function readFrom(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): ReadInto {
  const iterator = iterate(chunks);
  let rest: Uint8Array = new Uint8Array(0);
  return async (into) => {
    while (rest.length === 0) {
      const next = await iterator.next();
      if (next.done === true) return 0;
      rest = next.value;
    }
    const size = Math.min(rest.length, into.length);
    into.set(rest.subarray(0, size));
    rest = rest.subarray(size);
    return size;
  };
}

async function* iterate(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, undefined> {
  yield* chunks;
}

function decodeAtOnce(bytes: Uint8Array): Report {
  const decoder = new BackupDecoder();
  decoder.push(bytes);
  return decoder.finish(createHash('sha256').update(bytes).digest('hex'));
}

/** As many bytes as there are, up to the end of the buffer. */
async function fill(buffer: Buffer, read: ReadInto): Promise<number> {
  let size = 0;
  while (size < buffer.length) {
    const more = await read(buffer.subarray(size));
    if (more === 0) break;
    size += more;
  }
  return size;
}

/** Two threads, and the pieces of memory that go to both. */
class Threads {
  readonly #memory = new SharedArrayBuffer(pieces * pieceBytes);
  readonly #workers: readonly Worker[];
  /** Where the pieces start that can be filled, and of the others how many threads still work on them. */
  readonly #free: number[] = Array.from({ length: pieces }, (_, index) => index * pieceBytes);
  readonly #busy = new Map<number, number>();
  #report: Report | null = null;
  #sha256: string | null = null;
  #failure: Error | null = null;
  /** Whoever waits for the threads to say something. */
  #wake: () => void = () => {};

  constructor(niceness: number) {
    const start: ThreadStart = { memory: this.#memory, niceness };
    this.#workers = [
      this.#startThread<Report>('decoding-worker', start, (report) => {
        this.#report = report;
      }),
      this.#startThread<string>('hashing-worker', start, (sha256) => {
        this.#sha256 = sha256;
      }),
    ];
  }

  async inspect({
    first,
    read,
    signal,
    onBytes,
  }: InspectOptions & { first: Buffer; read: ReadInto }): Promise<Report> {
    this.#report = null;
    this.#sha256 = null;
    let bytes = first.length;
    let start = await this.#waitFor(() => this.#free.pop(), signal);
    Buffer.from(this.#memory, start).set(first);
    this.#send(start, first.length);
    for (let size = pieceBytes; size === pieceBytes; ) {
      start = await this.#waitFor(() => this.#free.pop(), signal);
      size = await fill(Buffer.from(this.#memory, start, pieceBytes), read);
      bytes += size;
      onBytes?.(bytes);
      if (size === 0) this.#free.push(start);
      else this.#send(start, size);
    }
    for (const worker of this.#workers) worker.postMessage({ kind: 'end' } satisfies ThreadOrder);
    return this.#waitFor(
      () =>
        this.#report === null || this.#sha256 === null
          ? undefined
          : { ...this.#report, sha256: this.#sha256 },
      signal,
    );
  }

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #startThread<Result>(name: string, start: ThreadStart, onResult: (result: Result) => void): Worker {
    // The compiled program has `.js` beside it.
    const program = new URL(
      `./${name}${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`,
      import.meta.url,
    );
    const worker = new Worker(program, {
      workerData: start,
      resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 4 },
    });
    worker.unref();
    worker.on('error', (error) => this.#fail(messageOf(error), error));
    worker.on('exit', () => this.#fail('its thread has ended', null));
    worker.on('message', (answer: ThreadAnswer<Result>) => {
      if (answer.kind === 'result') onResult(answer.result);
      else this.#takeBack(answer.start);
      this.#wake();
    });
    return worker;
  }

  #send(start: number, size: number): void {
    this.#busy.set(start, this.#workers.length);
    for (const worker of this.#workers)
      worker.postMessage({ kind: 'piece', start, size } satisfies ThreadOrder);
  }

  #takeBack(start: number): void {
    const left = (this.#busy.get(start) ?? 0) - 1;
    this.#busy.set(start, left);
    if (left === 0) this.#free.push(start);
  }

  #fail(why: string, cause: Error | null): void {
    this.#failure ??= new AuroraError({
      code: 'decoding-failed',
      message: `The backup could not be decoded: ${why}.`,
      hint: 'Ask again. If it fails again, look at the memory of this machine, then copy the file and run "aurora-chatops backup inspect" on another one.',
      cause,
    });
    this.#wake();
  }

  /** What `look` finds, as soon as it does; the program lives as long as somebody waits. */
  async #waitFor<T>(look: () => T | undefined, signal: AbortSignal | undefined): Promise<T> {
    const wake = (): void => this.#wake();
    const alive = setTimeout(
      () => this.#fail(`its thread has said nothing for ${silenceMsMax / 1000} s`, null),
      silenceMsMax,
    );
    signal?.addEventListener('abort', wake);
    try {
      for (;;) {
        signal?.throwIfAborted();
        if (this.#failure !== null) throw this.#failure;
        const found = look();
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        alive.refresh();
      }
    } finally {
      clearTimeout(alive);
      signal?.removeEventListener('abort', wake);
    }
  }
}
