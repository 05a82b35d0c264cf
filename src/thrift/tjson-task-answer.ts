/**
 * Reads an answer that holds tasks, in TJSON, as its bytes arrive: each task is handed out as the row it comes down to,
 * and everything else of the answer is kept. Promise: memory does not grow with the number of tasks.
 */
import { messageOf } from '../aurora/errors.ts';
import type { TaskRow } from '../aurora/tasks.ts';
import { JsonElements, type ListPath } from '../streams/json-elements.ts';
import { CodecError } from './codec-error.ts';
import { type Message, type MessageHeader, struct } from './schema.ts';
import { applicationException, methodResultWith } from './structs.ts';
import { requireRow, taskRowStruct } from './task-row.ts';
import { decodeMessage, structOf } from './tjson.ts';

/** `[1,"method",type,seqid,{"0":{"rec":{"3":{"rec":{"9":{"rec":{"1":{"set":["rec",count,task…]}}}}}}}}]`; 3 and `lst` where all tasks are asked for. */
const tasksPath = /^\*\.0\.rec\.3\.rec\.(?:3|9)\.rec\.1\.(?:lst|set)$/;
/** The depth of a task in the message. */
const taskDepth = 5;
/** As of an element in TBinary. */
const taskBytesMax = 32 * 1024 ** 2;
/** Of the answer without its tasks: a code, some sentences, and the name of the cluster. */
const restBytesMax = 1024 ** 2;

const withoutTasks = methodResultWith(struct('Result', {}));

export class TjsonTaskAnswerReader {
  readonly #onHeader: (header: MessageHeader) => void;
  readonly #onRow: (row: TaskRow) => void;
  readonly #elements: JsonElements;
  #rest = Buffer.alloc(0);
  #restBytes = 0;
  #bytes = 0;
  /** Elements of the list so far: the type and the count of its tasks come first. */
  #seen = 0;
  #type: unknown;
  #announced: unknown = 0;

  /** `onHeader` is told at the end; it may throw. */
  constructor(told: { onHeader: (header: MessageHeader) => void; onRow: (row: TaskRow) => void }) {
    this.#onHeader = told.onHeader;
    this.#onRow = told.onRow;
    this.#elements = new JsonElements({
      wants: (path) => this.#isTasks(path),
      onElement: (element) => this.#take(element),
      onRest: (bytes) => this.#keep(bytes),
      elementBytesMax: taskBytesMax,
    });
  }

  /** Takes the next bytes. Throws CodecError `rpc-malformed`. */
  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    try {
      this.#elements.push(chunk);
    } catch (thrown) {
      if (!(thrown instanceof SyntaxError)) throw thrown;
      throw new CodecError('rpc-malformed', `not JSON: ${messageOf(thrown).slice(0, 200)}`);
    }
  }

  /** The message without its tasks. Throws CodecError when what came is not the whole of one message. */
  finish(): Message {
    try {
      this.#elements.finish();
    } catch {
      throw new CodecError('rpc-truncated', `the JSON stops after ${this.#bytes} bytes`);
    }
    const tasks = Math.max(0, this.#seen - 2);
    if (tasks !== this.#announced)
      throw new CodecError('rpc-malformed', `${tasks} tasks where ${String(this.#announced)} are announced`);
    const message = decodeMessage(this.#rest.subarray(0, this.#restBytes), (_name, type) =>
      type === 'exception' ? applicationException : withoutTasks,
    );
    this.#onHeader(message);
    return message;
  }

  #isTasks(path: ListPath): boolean {
    if (!tasksPath.test(path.join('.'))) return false;
    if (this.#seen > 0) throw new CodecError('rpc-malformed', 'two lists of tasks');
    return true;
  }

  #take(element: unknown): void {
    this.#seen += 1;
    if (this.#seen === 1) {
      this.#type = element;
      this.#announced = undefined;
    } else if (this.#seen === 2) this.#announced = element;
    else if (this.#type === 'rec') this.#onRow(requireRow(structOf(taskRowStruct, element, taskDepth)));
    else throw new CodecError('rpc-malformed', `tasks of type ${String(this.#type).slice(0, 40)}`);
  }

  #keep(bytes: Buffer): void {
    const size = this.#restBytes + bytes.length;
    if (size > restBytesMax)
      throw new CodecError('rpc-malformed', `more than ${restBytesMax} bytes beside the tasks`);
    if (size > this.#rest.length) {
      const larger = Buffer.alloc(Math.max(size, this.#rest.length * 2, 4 * 1024));
      this.#rest.copy(larger, 0, 0, this.#restBytes);
      this.#rest = larger;
    }
    bytes.copy(this.#rest, this.#restBytes);
    this.#restBytes = size;
  }
}
