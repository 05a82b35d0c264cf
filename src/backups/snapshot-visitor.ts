import type { UnlivableElement } from '../aurora/backups.ts';
import type { TaskRow } from '../aurora/tasks.ts';
import type { Cursor } from '../thrift/cursor.ts';
import type { Struct, StructSchema } from '../thrift/schema.ts';
import { checkShape, type Misfit, type Shape } from '../thrift/shape.ts';
import type { Treatment, Visitor } from '../thrift/stream-reader.ts';
import { schedulerMetadata, snapshot } from '../thrift/structs.ts';
import { toTaskRow } from '../thrift/task-row.ts';
import { readStruct } from '../thrift/tbinary-reader.ts';
import { typeByte, typeBytes } from '../thrift/tbinary-types.ts';
import type { BackupFold } from './backup-fold.ts';
import { livableCronJob, livableHost, livableMaintenance, livableQuota, livableUpdate } from './livable.ts';
import { PlainTask } from './plain-task.ts';
import {
  cronJobName,
  cronJobParts,
  cronJobProblem,
  hostParts,
  maintenanceParts,
  quotaMisfits,
  quotaParts,
  quotaProblem,
  updateMisfits,
  updateName,
  updateParts,
  updateProblem,
} from './snapshot-parts.ts';
import { TaskReader } from './task-reader.ts';
import { marksOfTask, taskMarksStruct } from './writer-marks.ts';

const skip: Treatment = { kind: 'skip' };

/** Reads the fields of a Snapshot into a fold, and hands out its tasks. */
export function visitSnapshot(fold: BackupFold, onTask?: (row: TaskRow) => void): Visitor {
  const seen = new Set<number>();
  const treatments = treatmentsOf(fold, onTask);
  return (id, type) => {
    const field = snapshot.fieldById.get(id);
    // Of a newer release or a fork: a scheduler passes over it, and so do we.
    if (field === undefined) return skip;
    if (typeByte(field.type) !== type) {
      fold.refuse(`its ${field.name} have the wrong type, and would be left out`);
      return skip;
    }
    fold.marks.saw(field.name);
    if (seen.has(id)) fold.refuse(`its ${field.name} are there twice, and the first would be left out`);
    seen.add(id);
    return treatments[field.name] ?? skip;
  };
}

function treatmentsOf(
  fold: BackupFold,
  onTask: ((row: TaskRow) => void) | undefined,
): Readonly<Record<string, Treatment>> {
  const plain = new PlainTask();
  const tasks = new TaskReader();
  /** A set of structs; with elements of another type a scheduler would read on out of step. */
  const elements = (name: string, element: (cursor: Cursor, index: number) => void): Treatment => {
    let index = 0;
    return {
      kind: 'elements',
      count: (type, announced) => {
        if (announced > 0 && type !== typeBytes.struct) fold.refuse(`its ${name} are not structs`);
      },
      element: (cursor) => {
        element(cursor, index);
        index += 1;
      },
    };
  };
  /** Elements that are few: read for the parts they are judged by, and looked at for the rest. */
  const judged = <S extends StructSchema>(
    name: keyof typeof snapshot.table,
    words: string,
    rules: {
      kind: UnlivableElement['kind'];
      parts: S;
      shape: Shape;
      count: 'cronJobs' | 'quotas' | 'jobUpdates' | 'hostAttributes' | 'maintenanceRequests';
      nameOf: (parts: Struct<S>) => string;
      /** What a scheduler refuses while it stages. */
      refusal?: (parts: Struct<S>) => string | null;
      misfits?: (parts: Struct<S>) => readonly Misfit[];
      /** Not loaded at all. */
      passedOver?: (parts: Struct<S>) => boolean;
    },
  ): Treatment =>
    elements(words, (cursor, index) => {
      const { found, value: parts } = look(cursor, rules.parts, rules.shape);
      fold[rules.count] += 1;
      if (rules.passedOver?.(parts) === true) return;
      const [first] = [...found, ...(rules.misfits?.(parts) ?? [])];
      const refusal = first === undefined ? (rules.refusal?.(parts) ?? null) : null;
      if (refusal !== null) fold.refuse(refusal);
      if (first === undefined) return;
      const path = `.${snapshot.table[name][0]}[${index}]${first.path}`;
      fold.unlivable.add({ kind: rules.kind, name: rules.nameOf(parts), path, why: first.what });
    });

  return {
    timestamp: value((cursor) => {
      fold.timestampMs = cursor.i64();
    }),
    schedulerMetadata: value((cursor) => {
      const { frameworkId, details, version } = readStruct(cursor, schedulerMetadata, 2);
      fold.frameworkId = frameworkId || null;
      fold.marks.metadata = { details, apiVersion: version !== undefined };
    }),
    tasks: elements('tasks', (cursor, index) => {
      if (fold.marks.task !== null && plain.read(cursor)) {
        fold.addPlainTask(plain);
        onTask?.(plain.row());
        return;
      }
      const start = cursor.at;
      const { task, misfit } = tasks.read(cursor);
      if (fold.marks.task === null) {
        // One task tells the writer.
        cursor.at = start;
        fold.marks.task = marksOfTask(readStruct(cursor, taskMarksStruct, 2));
      }
      const row = toTaskRow(task);
      if (typeof row === 'string') {
        const { path = '', what = row } = misfit ?? {};
        fold.addUnreadableTask({ index, path, why: what, taskId: task.assignedTask?.taskId });
      } else {
        fold.addTask(row, { index, misfit });
        onTask?.(row);
      }
    }),
    cronJobs: judged('cronJobs', 'cron jobs', {
      kind: 'cron job',
      parts: cronJobParts,
      shape: livableCronJob,
      count: 'cronJobs',
      nameOf: cronJobName,
      refusal: cronJobProblem,
    }),
    quotaConfigurations: judged('quotaConfigurations', 'quotas', {
      kind: 'quota',
      parts: quotaParts,
      shape: livableQuota,
      count: 'quotas',
      nameOf: ({ role = '' }) => role,
      refusal: quotaProblem,
      misfits: quotaMisfits,
    }),
    jobUpdateDetails: judged('jobUpdateDetails', 'job updates', {
      kind: 'job update',
      parts: updateParts,
      shape: livableUpdate,
      count: 'jobUpdates',
      nameOf: updateName,
      refusal: updateProblem,
      misfits: updateMisfits,
    }),
    hostAttributes: judged('hostAttributes', 'host attributes', {
      kind: 'host',
      parts: hostParts,
      shape: livableHost,
      count: 'hostAttributes',
      nameOf: ({ host = '' }) => host,
      passedOver: ({ slaveId }) => slaveId === undefined,
    }),
    hostMaintenanceRequests: judged('hostMaintenanceRequests', 'maintenance requests', {
      kind: 'maintenance request',
      parts: maintenanceParts,
      shape: livableMaintenance,
      count: 'maintenanceRequests',
      nameOf: ({ host = '' }) => host,
    }),
    dbScript: {
      kind: 'skip',
      count: (_type, count) => {
        fold.hasDbScript = count > 0;
      },
    },
  };
}

/** Reads the parts of one struct, and what is wrong with the whole of it. Throws before it has done either. */
function look<S extends StructSchema>(
  cursor: Cursor,
  parts: S,
  shape: Shape,
): { value: Struct<S>; found: readonly Misfit[] } {
  const start = cursor.at;
  const value = readStruct(cursor, parts, 2);
  const found: Misfit[] = [];
  cursor.at = start;
  checkShape(cursor, shape, found, 2);
  return { value, found };
}

function value(read: (cursor: Cursor) => void): Treatment {
  return { kind: 'value', read };
}
