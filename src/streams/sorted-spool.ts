/**
 * A list that is too long for memory as it is: kept compressed, in pieces, and read in order. Sorted in runs while it
 * fills, which are merged while it is read; what comes in order already is one run.
 *
 * Promise: some 70 bytes a task of a large cluster, of which memory holds some MB and a file the rest, and never longer on the
 * event loop than for one piece.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { breath } from '../aurora/breath.ts';
import { type Piece, Pieces } from './pieces.ts';

/** How the elements of a list are kept and compared. */
export interface Kept<T> {
  /** Compared by its UTF-16 units, as JavaScript compares. Elements of one key stay in the order in which they came. */
  readonly keyOf: (value: T) => string;
  readonly write: (values: readonly T[]) => string;
  readonly read: (text: string) => readonly T[];
}

/** Elements that JSON can hold. */
export function keptAsJson<T>(keyOf: (value: T) => string): Kept<T> {
  return { keyOf, write: (values) => JSON.stringify(values), read: (text) => JSON.parse(text) as T[] };
}

interface Sizes {
  /** Sorted at once. */
  readonly batch: number;
  /** Of one piece; each run that is merged has one in memory. */
  readonly piece: number;
  /** Bytes of pieces that stay in memory. */
  readonly memory: number;
}

/** Some 2 ms of work, some 0.1, and a cluster of a hundred thousand tasks. */
const usual: Sizes = { batch: 2_000, piece: 64, memory: 8 * 1024 ** 2 };
/** The memory for what comes out, asked for by each call: the usual 128 kB would be garbage twenty times as large as the list. */
const packing = { params: { [constants.ZSTD_c_compressionLevel]: 1 }, chunkSize: 16 * 1024 };
const unpacking = { chunkSize: 32 * 1024 };

/** Compressed pieces, in order. */
interface Run {
  readonly pieces: (Piece | null)[];
  lastKey: string;
}

export class SortedSpool<T> implements AsyncIterable<T> {
  readonly #kept: Kept<T>;
  readonly #sizes: Sizes;
  readonly #runs: Run[] = [];
  readonly #pieces: Pieces;
  #batch: T[] = [];
  #size = 0;

  constructor(kept: Kept<T>, sizes = usual) {
    this.#kept = kept;
    this.#sizes = sizes;
    this.#pieces = new Pieces(sizes.memory);
  }

  /** Takes all of it. */
  static async from<T>(
    kept: Kept<T>,
    values: AsyncIterable<T> | Iterable<T>,
    sizes = usual,
  ): Promise<SortedSpool<T>> {
    const spool = new SortedSpool(kept, sizes);
    for await (const value of values) {
      const full = spool.add(value);
      if (full !== undefined) await full;
    }
    return spool;
  }

  /** One more. What it answers must be awaited before the next one, and before reading. */
  add(value: T): Promise<void> | undefined {
    this.#size += 1;
    this.#batch.push(value);
    return this.#batch.length < this.#sizes.batch ? undefined : this.#keepBatch();
  }

  get size(): number {
    return this.#size;
  }

  /** In order; as often as wanted. */
  [Symbol.asyncIterator](): AsyncGenerator<T> {
    return this.#merge(false);
  }

  /** In order, and gone from memory as it is read: once. */
  drain(): AsyncGenerator<T> {
    return this.#merge(true);
  }

  async #keepBatch(): Promise<void> {
    const { keyOf, write } = this.#kept;
    const batch = this.#sortBatch();
    this.#batch = [];
    const [first] = batch;
    const last = batch.at(-1);
    if (first === undefined || last === undefined) return;
    const run = this.#runFrom(keyOf(first));
    const { piece } = this.#sizes;
    for (let at = 0; at < batch.length; at += piece) {
      await breath();
      run.pieces.push(this.#pieces.keep(zstdCompressSync(write(batch.slice(at, at + piece)), packing)));
    }
    run.lastKey = keyOf(last);
  }

  #sortBatch(): readonly T[] {
    const { keyOf } = this.#kept;
    return this.#batch.sort((a, b) => compare(keyOf(a), keyOf(b)));
  }

  /** The last run goes on where what comes is behind it: older runs keep what came earlier, also of the same key. */
  #runFrom(key: string): Run {
    const last = this.#runs.at(-1);
    if (last !== undefined && last.lastKey <= key) return last;
    const run: Run = { pieces: [], lastKey: key };
    this.#runs.push(run);
    return run;
  }

  async *#merge(isLast: boolean): AsyncGenerator<T> {
    const inMemory = this.#sortBatch();
    if (isLast) this.#batch = [];
    const runs = [...this.#runs, { pieces: [], lastKey: '' }];
    const heads = runs.map(
      (run, order) =>
        new Head(run, {
          kept: this.#kept,
          pieces: this.#pieces,
          order,
          isLast,
          first: order === this.#runs.length ? inMemory : [],
        }),
    );
    const heap: Head<T>[] = [];
    for (const head of heads) {
      await breath();
      if (head.next()) heap.push(head);
    }
    heap.sort(compareHeads);
    for (let head = heap[0]; head !== undefined; head = heap[0]) {
      yield head.value;
      if (head.needsPiece) await breath();
      if (head.next()) sink(heap);
      else dropFirst(heap);
    }
    if (isLast) this.#pieces.end();
  }
}

/** Where a run has been read to. */
class Head<T> {
  readonly order: number;
  readonly #run: Run;
  readonly #kept: Kept<T>;
  readonly #pieces: Pieces;
  readonly #isLast: boolean;
  #piece: readonly T[];
  #at = -1;
  #nextPiece = 0;
  key = '';

  /** `first`: what of it is in memory already. */
  constructor(
    run: Run,
    how: { kept: Kept<T>; pieces: Pieces; order: number; isLast: boolean; first: readonly T[] },
  ) {
    this.#run = run;
    this.#kept = how.kept;
    this.#pieces = how.pieces;
    this.order = how.order;
    this.#isLast = how.isLast;
    this.#piece = how.first;
  }

  get value(): T {
    return this.#piece[this.#at] as T;
  }

  get needsPiece(): boolean {
    return this.#at + 1 >= this.#piece.length;
  }

  /** False at its end. */
  next(): boolean {
    if (this.needsPiece && !this.#load()) return false;
    this.#at += 1;
    this.key = this.#kept.keyOf(this.value);
    return true;
  }

  #load(): boolean {
    const { pieces } = this.#run;
    const kept = pieces[this.#nextPiece] ?? null;
    if (kept === null) return false;
    const text = zstdDecompressSync(this.#pieces.read(kept), unpacking).toString('utf8');
    this.#piece = this.#kept.read(text);
    if (this.#isLast) pieces[this.#nextPiece] = null;
    this.#nextPiece += 1;
    this.#at = -1;
    return true;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareHeads<T>(a: Head<T>, b: Head<T>): number {
  return compare(a.key, b.key) || a.order - b.order;
}

/** The first one has moved on: down to where it belongs. */
function sink<T>(heap: Head<T>[]): void {
  const moved = heap[0];
  if (moved === undefined) return;
  let at = 0;
  for (;;) {
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    if (left === undefined) break;
    const isLeft = right === undefined || compareHeads(left, right) < 0;
    const smaller = isLeft ? left : right;
    if (compareHeads(moved, smaller) <= 0) break;
    heap[at] = smaller;
    at = 2 * at + (isLeft ? 1 : 2);
  }
  heap[at] = moved;
}

function dropFirst<T>(heap: Head<T>[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  heap[0] = last;
  sink(heap);
}
