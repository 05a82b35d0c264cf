/**
 * Reads an answer that holds tasks, in TBinary, as its bytes arrive: each task is handed out as the row it comes down to,
 * and everything else of the answer is kept. Promise: memory does not grow with the number of tasks.
 */
import type { TaskRow } from '../aurora/tasks.ts';
import { CodecError } from './codec-error.ts';
import { Cursor, underrun } from './cursor.ts';
import type { Message, MessageHeader, StructSchema, ThriftValue } from './schema.ts';
import { StreamReader, type Visitor } from './stream-reader.ts';
import { applicationException, methodResult } from './structs.ts';
import { requireRow, taskRowStruct } from './task-row.ts';
import { readHeader, readStruct, readValue } from './tbinary-reader.ts';
import { typeByte, typeBytes } from './tbinary-types.ts';

/** A method's name, and what is around it. */
const headerBytesMax = 4 * 1024;

/** Fields of `Result` whose member 1 holds tasks: `scheduleStatusResult` and `queryRecoveryResult`. */
const resultsWithTasks: ReadonlySet<number> = new Set([3, 9]);

const skip = { kind: 'skip' } as const;

export class TaskAnswerReader {
  readonly #onHeader: (header: MessageHeader) => void;
  readonly #onRow: (row: TaskRow) => void;
  /** What has come of the header. */
  #start: Buffer = Buffer.alloc(0);
  #header: MessageHeader | null = null;
  #body: StreamReader | null = null;
  readonly #response: Record<string, ThriftValue> = {};
  readonly #exception: Record<string, ThriftValue> = {};
  #isAnswered = false;

  /** `onHeader` may throw: then nothing behind the header is read. */
  constructor(told: { onHeader: (header: MessageHeader) => void; onRow: (row: TaskRow) => void }) {
    this.#onHeader = told.onHeader;
    this.#onRow = told.onRow;
  }

  /** Takes the next bytes. Throws CodecError `rpc-malformed`. */
  push(chunk: Uint8Array): void {
    if (this.#body !== null) this.#body.push(chunk);
    else this.#begin(chunk);
  }

  /** The message without its tasks. Throws CodecError when what came is not the whole of one message. */
  finish(): Message {
    if (this.#body === null || this.#header === null)
      throw new CodecError('rpc-truncated', `${this.#start.length} bytes are not all of it`);
    this.#body.finish();
    if (this.#body.trailingBytes > 0)
      throw new CodecError('rpc-malformed', `${this.#body.trailingBytes} bytes after the end`);
    if (this.#header.type === 'exception') return { ...this.#header, value: this.#exception };
    return { ...this.#header, value: this.#isAnswered ? { success: this.#response } : {} };
  }

  #begin(chunk: Uint8Array): void {
    this.#start = Buffer.concat([this.#start, chunk]);
    const cursor = new Cursor(this.#start);
    try {
      this.#header = readHeader(cursor);
    } catch (thrown) {
      if (thrown !== underrun) throw thrown;
      if (this.#start.length > headerBytesMax)
        throw new CodecError('rpc-malformed', `a header of more than ${headerBytesMax} bytes`);
      return;
    }
    this.#onHeader(this.#header);
    this.#body = new StreamReader(
      this.#header.type === 'exception'
        ? keep(applicationException, this.#exception)
        : (id, type) => this.#visitMessage(id, type),
    );
    this.#body.push(this.#start.subarray(cursor.at));
    this.#start = Buffer.alloc(0);
  }

  #visitMessage(id: number, type: number): ReturnType<Visitor> {
    if (id !== 0 || type !== typeBytes.struct) return skip;
    this.#isAnswered = true;
    const keepField = keep(methodResult.table.success[1].struct, this.#response);
    return {
      kind: 'enter',
      visit: (field, byte) =>
        field === 3 && byte === typeBytes.struct
          ? { kind: 'enter', visit: (member, memberType) => this.#visitResult(member, memberType) }
          : keepField(field, byte),
    };
  }

  #visitResult(id: number, type: number): ReturnType<Visitor> {
    if (!resultsWithTasks.has(id) || type !== typeBytes.struct) return skip;
    return {
      kind: 'enter',
      visit: (field, byte) =>
        field === 1 && (byte === typeBytes.list || byte === typeBytes.set)
          ? {
              kind: 'elements',
              count: (elementType, count) => {
                if (count > 0 && elementType !== typeBytes.struct)
                  throw new CodecError('rpc-malformed', `tasks of type ${elementType}`);
              },
              element: (cursor) => this.#readTask(cursor),
            }
          : skip,
    };
  }

  #readTask(cursor: Cursor): void {
    this.#onRow(requireRow(readStruct(cursor, taskRowStruct, 5)));
  }
}

/** Keeps the fields that the schema has; others, and those of another type, are passed over as Aurora's own readers do. */
function keep(schema: StructSchema, into: Record<string, ThriftValue>): Visitor {
  return (id, type) => {
    const field = schema.fieldById.get(id);
    if (field === undefined || typeByte(field.type) !== type) return skip;
    return {
      kind: 'value',
      read: (cursor) => {
        into[field.name] = readValue(cursor, field.type, 3);
      },
    };
  };
}
