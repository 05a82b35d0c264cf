/**
 * Decodes backups beside the event loop: one thread decodes, another hashes, and the caller's only reads. One file at a time.
 *
 * Promises: memory is bounded (a ring of pieces, and a heap for each thread); whoever goes away ends the threads; what goes wrong in
 * one is an AuroraError, and the next file gets new threads. The threads end when there was nothing to do for a while.
 */
import { createHash } from 'node:crypto';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
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

/** What threads are started with and say to each other. */
export interface DecodingStart {
  readonly hashing: MessagePort;
  readonly niceness: number;
}
export interface HashingStart {
  readonly decoding: MessagePort;
  readonly niceness: number;
}
export type DecodingOrder =
  | { readonly kind: 'piece'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'end' };
export type Hashed =
  | { readonly kind: 'free'; readonly memory: ArrayBuffer }
  | { readonly kind: 'hash'; readonly sha256: string };

/** Larger pieces are hardly faster. A file that fits into one is decoded at once: to start a thread takes longer. */
const pieceBytes = 256 * 1024;
/** Enough that neither thread waits for the other while the disk is faster. */
const pieces = 6;
/** Of each thread. The largest value that is read is 32 MB long (src/thrift/stream-reader.ts). */
const heapMb = 256;
/** A piece takes a thread a millisecond; on a host that is on its knees a thousand times that. */
const silenceMsMax = 60_000;
const idleMs = 10_000;

/** No thread runs before there is a file that needs one. `niceness`: 0, or up to 19 to leave the processor to others first. */
export function createDecodingThread({ niceness = 0 }: { niceness?: number } = {}): DecodingThread {
  let threads: Threads | null = null;
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
    const first = Buffer.allocUnsafeSlow(pieceBytes);
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

/** Two threads and the ring of pieces that goes through them. */
class Threads {
  readonly #decoding: Worker;
  readonly #hashing: Worker;
  #free: Buffer<ArrayBuffer>[] = Array.from({ length: pieces - 1 }, () => Buffer.allocUnsafeSlow(pieceBytes));
  #report: Report | null = null;
  #sha256: string | null = null;
  #failure: Error | null = null;
  /** Whoever waits for the threads to say something. */
  #wake: () => void = () => {};

  constructor(niceness: number) {
    const { port1, port2 } = new MessageChannel();
    const startThread = (
      name: string,
      start: { port: MessagePort; workerData: DecodingStart | HashingStart },
    ): Worker => {
      // The compiled program has `.js` beside it.
      const program = new URL(
        `./${name}${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`,
        import.meta.url,
      );
      const thread = new Worker(program, {
        workerData: start.workerData,
        transferList: [start.port],
        resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 4 },
      });
      thread.unref();
      thread.on('error', (error) => this.#fail(messageOf(error), error));
      thread.on('exit', () => this.#fail('its thread has ended', null));
      return thread;
    };
    this.#decoding = startThread('decoding-worker', {
      port: port1,
      workerData: { hashing: port1, niceness },
    });
    this.#hashing = startThread('hashing-worker', { port: port2, workerData: { decoding: port2, niceness } });
    this.#decoding.on('message', (report: Report) => {
      this.#report = report;
      this.#wake();
    });
    this.#hashing.on('message', (hashed: Hashed) => {
      if (hashed.kind === 'free') this.#free.push(Buffer.from(hashed.memory));
      else this.#sha256 = hashed.sha256;
      this.#wake();
    });
  }

  async inspect({
    first,
    read,
    signal,
    onBytes,
  }: InspectOptions & { first: Buffer<ArrayBuffer>; read: ReadInto }): Promise<Report> {
    this.#report = null;
    this.#sha256 = null;
    let bytes = first.length;
    this.#send(first, first.length);
    for (let size = pieceBytes; size === pieceBytes; ) {
      const piece = await this.#waitFor(() => this.#free.pop(), signal);
      size = await fill(piece, read);
      bytes += size;
      onBytes?.(bytes);
      if (size === 0) this.#free.push(piece);
      else this.#send(piece, size);
    }
    this.#decoding.postMessage({ kind: 'end' } satisfies DecodingOrder);
    return this.#waitFor(
      () =>
        this.#report === null || this.#sha256 === null
          ? undefined
          : { ...this.#report, sha256: this.#sha256 },
      signal,
    );
  }

  async end(): Promise<void> {
    await Promise.all([this.#decoding.terminate(), this.#hashing.terminate()]);
  }

  #send(piece: Buffer<ArrayBuffer>, size: number): void {
    const bytes = new Uint8Array(piece.buffer, 0, size);
    this.#decoding.postMessage({ kind: 'piece', bytes } satisfies DecodingOrder, [bytes.buffer]);
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
