/**
 * Reads the tasks of a backup for their rows and for what no scheduler can live without, whatever they look like. What is
 * plain has been read before it comes here (`plain-task.ts`).
 */
import type { Cursor } from '../thrift/cursor.ts';
import type { Struct } from '../thrift/schema.ts';
import { checkShape, type Misfit } from '../thrift/shape.ts';
import { configRowStruct, type TaskParts } from '../thrift/task-row.ts';
import { readStruct } from '../thrift/tbinary-reader.ts';
import { stop, typeBytes } from '../thrift/tbinary-types.ts';
import { livableConfig } from './livable.ts';

/** Field ids of ScheduledTask and AssignedTask (api.thrift; aurora.md 3.3). */
const ofTask = { assignedTask: 1, status: 2, taskEvents: 4 };
const ofAssigned = { taskId: 1, slaveHost: 3, task: 4, instanceId: 6 };

type ConfigParts = Struct<typeof configRowStruct>;
type AssignedParts = { -readonly [K in keyof NonNullable<TaskParts['assignedTask']>]: ReadAssigned[K] };
type ReadAssigned = NonNullable<TaskParts['assignedTask']>;

export class TaskReader {
  #misfit: Misfit | undefined;

  /**
   * One task at the cursor. `misfit`: what no scheduler can live without and `toTaskRow` does not tell of. Throws as the
   * cursor does, and may be called again for the same task.
   */
  read(cursor: Cursor): { task: TaskParts; misfit: Misfit | undefined } {
    this.#misfit = undefined;
    let assignedTask: ReadAssigned | undefined;
    let status: number | undefined;
    let length = 0;
    for (let byte = cursor.u8(); byte !== stop; byte = cursor.u8()) {
      const id = cursor.i16();
      if (id === ofTask.assignedTask && byte === typeBytes.struct) assignedTask = this.#readAssigned(cursor);
      else if (id === ofTask.status && byte === typeBytes.i32) status = cursor.i32();
      else if (id === ofTask.taskEvents && byte === typeBytes.list) length = countElements(cursor);
      else cursor.skip(byte, 3);
    }
    if (assignedTask === undefined) this.#misfit = { path: '.1', what: 'no assigned task' };
    return { task: { assignedTask, status, taskEvents: { length } }, misfit: this.#misfit };
  }

  #readAssigned(cursor: Cursor): ReadAssigned {
    const assigned: AssignedParts = {};
    for (let byte = cursor.u8(); byte !== stop; byte = cursor.u8()) {
      const id = cursor.i16();
      if (id === ofAssigned.taskId && byte === typeBytes.string) assigned.taskId = cursor.text(cursor.size());
      else if (id === ofAssigned.slaveHost && byte === typeBytes.string)
        assigned.slaveHost = cursor.text(cursor.size());
      else if (id === ofAssigned.task && byte === typeBytes.struct) assigned.task = this.#readConfig(cursor);
      else if (id === ofAssigned.instanceId && byte === typeBytes.i32) assigned.instanceId = cursor.i32();
      else cursor.skip(byte, 4);
    }
    if (assigned.taskId === undefined) this.#misfit = { path: '.1.1', what: 'no task id' };
    else if (assigned.task === undefined) this.#misfit = { path: '.1.4', what: 'no configuration' };
    return assigned;
  }

  #readConfig(cursor: Cursor): ConfigParts {
    const start = cursor.at;
    const found: Misfit[] = [];
    checkShape(cursor, livableConfig, found, 4);
    const end = cursor.at;
    cursor.at = start;
    const parts = readStruct(cursor, configRowStruct, 4);
    cursor.at = end;
    const [first] = found;
    if (first !== undefined) this.#misfit = { path: `.1.4${first.path}`, what: first.what };
    return parts;
  }
}

/** How many elements a list has, passing over them. */
function countElements(cursor: Cursor): number {
  const byte = cursor.u8();
  const count = cursor.count(byte);
  for (let index = 0; index < count; index += 1) cursor.skip(byte, 4);
  return count;
}
