import { scheduledTask } from '../../src/thrift/structs/tasks.ts';
import { snapshot } from '../../src/thrift/structs.ts';
import { decodeStruct, encodeStruct } from '../../src/thrift/tbinary.ts';

/**
 * A backup of any size, in pieces, made of the tasks of a recorded one with ids of their own. Never in memory as a
 * whole: the head up to the first task, then the tasks one after another, then the stop byte.
 */
export function* largeBackup(recorded: Uint8Array, tasks: number): Generator<Buffer> {
  const { tasks: templates = [], ...rest } = decodeStruct(snapshot, recorded);
  const pieces = templates.slice(0, 50).map(splitAtId);
  // Fields may come in any order: the tasks go last.
  yield encodeStruct(snapshot, rest).subarray(0, -1);
  const header = Buffer.from([14, 0, 4, 12, 0, 0, 0, 0]);
  header.writeInt32BE(tasks, 4);
  yield header;
  for (let index = 0; index < tasks; index += 500)
    yield Buffer.concat(
      Array.from({ length: Math.min(500, tasks - index) }, (_, offset) =>
        withId(pieces[(index + offset) % pieces.length], index + offset),
      ),
    );
  yield Buffer.from([0]);
}

type Task = NonNullable<ReturnType<typeof decodeStruct<typeof snapshot>>['tasks']>[number];

interface Pieces {
  readonly bytes: Buffer;
  readonly idAt: number;
  readonly idSize: number;
}

function splitAtId(task: Task): Pieces {
  const id = task.assignedTask?.taskId ?? '';
  const bytes = encodeStruct(scheduledTask, task);
  return { bytes, idAt: bytes.indexOf(id), idSize: Buffer.byteLength(id) };
}

function withId(pieces: Pieces | undefined, number: number): Buffer {
  if (pieces === undefined) throw new Error('the recorded backup has no tasks');
  const copy = Buffer.from(pieces.bytes);
  const digits = String(number).padStart(10, '0');
  // The last characters of the id are its uuid: replacing them keeps every length as it was.
  copy.write(digits, pieces.idAt + pieces.idSize - digits.length, 'latin1');
  return copy;
}
