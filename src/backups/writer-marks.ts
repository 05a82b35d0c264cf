/** Collects what in a backup tells the release that wrote it, while the backup is read once. */
import { type BackupMarks, type BackupWriter, writerOf } from '../aurora/backup-writer.ts';
import { type Struct, struct } from '../thrift/schema.ts';
import { identity, resource } from '../thrift/structs.ts';

type TaskMarks = NonNullable<BackupMarks['task']>;

/** The parts of a task by which releases differ. */
export const taskMarksStruct = struct('ScheduledTask', {
  assignedTask: [
    1,
    {
      struct: struct('AssignedTask', {
        task: [
          4,
          {
            struct: struct('TaskConfig', {
              numCpus: [8, 'double'],
              owner: [17, { struct: identity }],
              resources: [32, { set: { struct: resource } }],
            }),
          },
        ],
      }),
    },
  ],
});

export function marksOfTask({ assignedTask }: Struct<typeof taskMarksStruct>): TaskMarks {
  const config = assignedTask?.task;
  return {
    scalars: config?.numCpus !== undefined,
    set: config?.resources !== undefined,
    ownerRole: config?.owner?.role !== undefined,
  };
}

export class WriterMarks {
  metadata: { details: Readonly<Record<string, string>> | undefined; apiVersion: boolean } | null = null;
  task: TaskMarks | null = null;
  readonly #seen = new Set<string>();

  /** A field of the snapshot, by name. */
  saw(field: string): void {
    this.#seen.add(field);
  }

  writer(): BackupWriter {
    const has = (...fields: string[]): boolean => fields.every((field) => this.#seen.has(field));
    return writerOf({
      ...(this.metadata?.details !== undefined && { details: this.metadata.details }),
      hasMetadata: this.metadata !== null,
      apiVersion: this.metadata?.apiVersion ?? false,
      dbScript: has('dbScript'),
      locks: has('locks'),
      jobUpdates: has('jobUpdateDetails'),
      maintenanceRequests: has('hostMaintenanceRequests'),
      quotasAndHosts: has('quotaConfigurations', 'hostAttributes', 'jobUpdateDetails'),
      ...(this.task !== null && { task: this.task }),
    });
  }
}
