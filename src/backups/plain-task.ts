/**
 * The hot path of decoding: a task that has all that a scheduler asks for, as nearly every task has, is passed over once. Where its
 * words lie is noted, and no text is made that nobody reads.
 *
 * Promise: what it takes, `TaskReader` reads to the same row and no misfit. Anything else (something missing, given twice or
 * empty, words that are not ASCII, bytes that cannot be right) it leaves to that one, which says what is wrong.
 */
import { statusName, type TaskRow } from '../aurora/tasks.ts';
import { type Cursor, i32, skipText, skipValue, u8, underrun } from '../thrift/cursor.ts';
import { passField } from '../thrift/shape.ts';
import { stop, typeBytes } from '../thrift/tbinary-types.ts';
import { Fingerprint, isAscii } from './fingerprint-set.ts';
import { livableConfig } from './livable.ts';

/** Depth of a task's fields, of its assigned task's and of its configuration's, counted as `TaskReader` does. */
const depths = { task: 3, assigned: 4, config: 5 };

/** A word in the bytes of the task. */
interface Span {
  at: number;
  /** -1: the task does not give it. */
  size: number;
}

const ruled = livableConfig.fields;

const noSpan = (): Span => ({ at: 0, size: -1 });

export class PlainTask {
  /** Of the task that was read last: its id, the three parts of its job's key, its role. */
  readonly taskId = new Fingerprint();
  readonly job = new Fingerprint();
  readonly role = new Fingerprint();
  /** Its number (src/aurora/tasks.ts). */
  status = 0;
  readonly #taskId = noSpan();
  readonly #role = noSpan();
  readonly #environment = noSpan();
  readonly #jobName = noSpan();
  readonly #tier = noSpan();
  readonly #owner = noSpan();
  readonly #slaveHost = noSpan();
  /** Of releases up to 0.12, which have them beside the job key. */
  readonly #oldWords = [noSpan(), noSpan(), noSpan()] as const;
  /** By field id. */
  readonly #ofJob = [undefined, this.#role, this.#environment, this.#jobName];
  readonly #ofOwner = [undefined, this.#oldWords[0], this.#owner];
  /** Read for their row, or only looked at. */
  readonly #unhashed = [this.#tier, this.#owner, this.#slaveHost, ...this.#oldWords];
  readonly #hashed = [this.#taskId, this.#role, this.#environment, this.#jobName] as const;
  readonly #spans = [...this.#hashed, ...this.#unhashed];
  #instanceId = 0;
  #events = 0;
  #hasAssigned = false;
  #hasConfig = false;
  #hasStatus = false;
  /** The piece of memory that the words are in. */
  #bytes: Buffer = Buffer.alloc(0);
  #end = 0;

  /**
   * Takes the task at the cursor and moves behind it; false, and nowhere, when it is for `TaskReader`. Throws `underrun` when the
   * bytes end first: that one would only run into the end as well.
   */
  read(cursor: Cursor): boolean {
    this.#bytes = cursor.bytes;
    this.#end = cursor.end;
    this.#forget();
    let next: number;
    try {
      next = this.#passTask(cursor.at);
    } catch (thrown) {
      if (thrown === underrun) throw thrown;
      return false;
    }
    if (next < 0 || !this.#isWhole() || !this.#hash()) return false;
    cursor.at = next;
    return true;
  }

  /** Of the task that was read last. */
  row(): TaskRow {
    const row: { -readonly [K in keyof TaskRow]: TaskRow[K] } = {
      taskId: this.#text(this.#taskId),
      jobKey: {
        role: this.#text(this.#role),
        environment: this.#text(this.#environment),
        name: this.#text(this.#jobName),
      },
      instanceId: this.#instanceId,
      status: statusName(this.status),
    };
    if (this.#tier.size >= 0) row.tier = this.#text(this.#tier);
    if (this.#owner.size >= 0) row.owner = this.#text(this.#owner);
    if (this.#slaveHost.size >= 0) row.slaveHost = this.#text(this.#slaveHost);
    return row;
  }

  #forget(): void {
    const spans = this.#spans;
    for (let index = 0; index < spans.length; index += 1) (spans[index] as Span).size = -1;
    this.#instanceId = this.#events = 0;
    this.#hasAssigned = this.#hasConfig = this.#hasStatus = false;
  }

  #isWhole(): boolean {
    if (!this.#hasStatus || this.#events <= 0) return false;
    const bytes = this.#bytes;
    const spans = this.#spans;
    for (let index = 0; index < spans.length; index += 1) {
      const { at, size } = spans[index] as Span;
      if (index < this.#hashed.length ? size <= 0 : size > 0 && !isAscii(bytes, at, size)) return false;
    }
    return true;
  }

  /** False when one of them is not ASCII. */
  #hash(): boolean {
    const bytes = this.#bytes;
    const [taskId, role, environment, jobName] = this.#hashed;
    const ofJob = this.job.begin().bytes(bytes, role.at, role.size);
    this.role.copy(ofJob);
    ofJob.bytes(bytes, environment.at, environment.size).bytes(bytes, jobName.at, jobName.size);
    const ofTask = this.taskId.begin().bytes(bytes, taskId.at, taskId.size);
    return ofJob.isAscii && ofTask.isAscii;
  }

  #text({ at, size }: Span): string {
    return this.#bytes.toString('latin1', at, at + size);
  }

  // Each of these takes a position and returns the next one, or -1.

  #passTask(start: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = start;
    while (at >= 0 && at < end) {
      const byte = u8(bytes, at);
      if (byte === stop) return at + 1;
      if (at + 3 > end) throw underrun;
      const id = (u8(bytes, at + 1) << 8) | u8(bytes, at + 2);
      at += 3;
      if (id === 1 && byte === typeBytes.struct) at = this.#hasAssigned ? -1 : this.#passAssigned(at);
      else if (id === 2 && byte === typeBytes.i32) {
        if (this.#hasStatus) return -1;
        if (at + 4 > end) throw underrun;
        this.#hasStatus = true;
        this.status = i32(bytes, at);
        at += 4;
      } else {
        if (id === 4 && byte === typeBytes.list && at + 5 <= end) this.#events = i32(bytes, at + 1);
        at = skipValue(bytes, at, end, byte, depths.task);
      }
    }
    if (at >= end) throw underrun;
    return -1;
  }

  #passAssigned(start: number): number {
    this.#hasAssigned = true;
    const bytes = this.#bytes;
    const end = this.#end;
    let at = start;
    while (at >= 0 && at < end) {
      const byte = u8(bytes, at);
      if (byte === stop) return at + 1;
      if (at + 3 > end) throw underrun;
      const id = (u8(bytes, at + 1) << 8) | u8(bytes, at + 2);
      at += 3;
      if (id === 4 && byte === typeBytes.struct) at = this.#passConfig(at);
      else if (id === 1 && byte === typeBytes.string) at = this.#note(at, this.#taskId);
      else if (id === 3 && byte === typeBytes.string) at = this.#note(at, this.#slaveHost);
      else {
        if (id === 6 && byte === typeBytes.i32 && at + 4 <= end) this.#instanceId = i32(bytes, at);
        at = skipValue(bytes, at, end, byte, depths.assigned);
      }
    }
    if (at >= end) throw underrun;
    return -1;
  }

  #passConfig(start: number): number {
    if (this.#hasConfig) return -1;
    this.#hasConfig = true;
    const bytes = this.#bytes;
    const end = this.#end;
    let at = start;
    while (at >= 0 && at < end) {
      const byte = u8(bytes, at);
      if (byte === stop) return at + 1;
      if (at + 3 > end) throw underrun;
      const id = (u8(bytes, at + 1) << 8) | u8(bytes, at + 2);
      at += 3;
      const field = id < ruled.length ? ruled[id] : undefined;
      if (field !== undefined && field.byte === byte) at = passField(bytes, at, end, field, depths.config);
      else if (byte === typeBytes.string) {
        if (id === 30) at = this.#note(at, this.#tier);
        else if (id === 3) at = this.#note(at, this.#oldWords[1]);
        else if (id === 26) at = this.#note(at, this.#oldWords[2]);
        else at = skipText(bytes, at, end);
      } else if (byte === typeBytes.struct && id === 28) at = this.#passWords(at, this.#ofJob);
      else if (byte === typeBytes.struct && id === 17) at = this.#passWords(at, this.#ofOwner);
      else at = skipValue(bytes, at, end, byte, depths.config);
    }
    if (at >= end) throw underrun;
    return -1;
  }

  /** A struct of words by their field id. */
  #passWords(start: number, words: readonly (Span | undefined)[]): number {
    // Given twice, the last one counts, even where it has fewer words.
    for (const span of words) if (span !== undefined && span.size >= 0) return -1;
    const bytes = this.#bytes;
    const end = this.#end;
    let at = start;
    while (at >= 0 && at < end) {
      const byte = u8(bytes, at);
      if (byte === stop) return at + 1;
      if (at + 3 > end) throw underrun;
      const span = words[(u8(bytes, at + 1) << 8) | u8(bytes, at + 2)];
      at += 3;
      at =
        span !== undefined && byte === typeBytes.string
          ? this.#note(at, span)
          : skipValue(bytes, at, end, byte, depths.config + 1);
    }
    if (at >= end) throw underrun;
    return -1;
  }

  #note(at: number, span: Span): number {
    if (at + 4 > this.#end) throw underrun;
    const size = i32(this.#bytes, at);
    // Given twice; a negative size.
    if (span.size >= 0 || size < 0) return -1;
    if (size > this.#end - at - 4) throw underrun;
    span.at = at + 4;
    span.size = size;
    return at + 4 + size;
  }
}
