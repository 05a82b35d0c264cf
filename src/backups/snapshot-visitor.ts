import type { TaskRow } from '../aurora/tasks.ts';
import type { Cursor } from '../thrift/cursor.ts';
import type { Treatment, Visitor } from '../thrift/stream-reader.ts';
import { schedulerMetadata, snapshot } from '../thrift/structs.ts';
import { taskRowStruct, toTaskRow } from '../thrift/task-row.ts';
import { readStruct } from '../thrift/tbinary-reader.ts';
import { typeByte, typeBytes } from '../thrift/tbinary-types.ts';
import type { BackupFold } from './backup-fold.ts';
import {
  cronJobParts,
  cronJobProblem,
  quotaParts,
  quotaProblem,
  updateParts,
  updateProblem,
} from './snapshot-parts.ts';
import { marksOfTask, taskMarksStruct } from './writer-marks.ts';

const skip: Treatment = { kind: 'skip' };

/** Reads the fields of a Snapshot into a fold, and hands out its tasks. */
export function visitSnapshot(fold: BackupFold, onTask: (row: TaskRow) => void): Visitor {
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

function treatmentsOf(fold: BackupFold, onTask: (row: TaskRow) => void): Readonly<Record<string, Treatment>> {
  /** A set of structs; with elements of another type a scheduler would read on out of step. */
  const elements = (name: string, element: (cursor: Cursor) => void): Treatment => ({
    kind: 'elements',
    count: (type, announced) => {
      if (announced > 0 && type !== typeBytes.struct) fold.refuse(`its ${name} are not structs`);
    },
    element,
  });
  const refuse = (problem: string | null): void => {
    if (problem !== null) fold.refuse(problem);
  };

  return {
    timestamp: value((cursor) => {
      fold.timestampMs = cursor.i64();
    }),
    schedulerMetadata: value((cursor) => {
      const { frameworkId, details, version } = readStruct(cursor, schedulerMetadata, 2);
      fold.frameworkId = frameworkId || null;
      fold.marks.metadata = { details, apiVersion: version !== undefined };
    }),
    tasks: elements('tasks', (cursor) => {
      // One task tells the writer; the others are read for their row alone, which is much faster.
      const task = readStruct(cursor, fold.marks.task === null ? taskMarksStruct : taskRowStruct, 2);
      fold.marks.task ??= marksOfTask(task);
      const row = toTaskRow(task);
      if (typeof row === 'string') {
        fold.addUnreadableTask(row);
      } else {
        fold.addTask(row);
        onTask(row);
      }
    }),
    cronJobs: elements('cron jobs', (cursor) => {
      refuse(cronJobProblem(readStruct(cursor, cronJobParts, 2)));
      fold.cronJobs += 1;
    }),
    quotaConfigurations: elements('quotas', (cursor) => {
      refuse(quotaProblem(readStruct(cursor, quotaParts, 2)));
      fold.quotas += 1;
    }),
    jobUpdateDetails: elements('job updates', (cursor) => {
      refuse(updateProblem(readStruct(cursor, updateParts, 2)));
      fold.jobUpdates += 1;
    }),
    hostAttributes: elements('host attributes', (cursor) => {
      cursor.skip(typeBytes.struct, 2);
      fold.hostAttributes += 1;
    }),
    hostMaintenanceRequests: elements('maintenance requests', (cursor) => {
      cursor.skip(typeBytes.struct, 2);
      fold.maintenanceRequests += 1;
    }),
    dbScript: {
      kind: 'skip',
      count: (_type, count) => {
        fold.hasDbScript = count > 0;
      },
    },
  };
}

function value(read: (cursor: Cursor) => void): Treatment {
  return { kind: 'value', read };
}
