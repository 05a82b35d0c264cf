import { z } from 'zod';

/** Aurora's task words (api.thrift, every release; reference: Aurora `ScheduleStatus`). */
export const scheduleStatuses = {
  PENDING: 0,
  STARTING: 1,
  RUNNING: 2,
  FINISHED: 3,
  FAILED: 4,
  KILLED: 5,
  KILLING: 6,
  LOST: 7,
  ASSIGNED: 9,
  INIT: 11,
  RESTARTING: 12,
  PREEMPTING: 13,
  THROTTLED: 16,
  DRAINING: 17,
  PARTITIONED: 18,
} as const;

export type ScheduleStatus = keyof typeof scheduleStatuses;

const names = new Map<number, ScheduleStatus>(
  Object.entries(scheduleStatuses).map(([name, number]) => [number, name as ScheduleStatus]),
);

/** The name of a status number; an unknown number becomes `UNKNOWN(n)`, which no rule below matches. */
export function statusName(number: number): string {
  return names.get(number) ?? `UNKNOWN(${number})`;
}

/** A scheduler believes these have a place on a machine (ACTIVE without PENDING and THROTTLED). */
export const slaveAssignedStatuses: ReadonlySet<string> = new Set<ScheduleStatus>([
  'ASSIGNED',
  'DRAINING',
  'KILLING',
  'PREEMPTING',
  'RESTARTING',
  'RUNNING',
  'STARTING',
  'PARTITIONED',
]);

export const terminalStatuses: ReadonlySet<string> = new Set<ScheduleStatus>([
  'FAILED',
  'FINISHED',
  'KILLED',
  'LOST',
]);

/** Role, environment and name of a job. */
export interface JobKey {
  readonly role: string;
  readonly environment: string;
  readonly name: string;
}

export const jobKeySchema: z.ZodType<JobKey> = z.object({
  role: z.string(),
  environment: z.string(),
  name: z.string(),
});

/** `role/environment/name`, the form people type. */
export function jobKeyText(key: JobKey): string {
  return `${key.role}/${key.environment}/${key.name}`;
}

/** The facts of a task that the blast radius needs, and whether a scheduler can live with it; a whole ScheduledTask is about 1.5 kB, this is 0.2. */
export interface TaskRow {
  readonly taskId: string;
  readonly jobKey: JobKey;
  readonly instanceId: number;
  /** A `ScheduleStatus`, or `UNKNOWN(n)` as the file says it. */
  readonly status: string;
  readonly tier?: string;
  /** The user who owns the task's configuration (`TaskConfig.owner.user`). */
  readonly owner?: string;
  readonly slaveHost?: string;
  /** Why a scheduler that loads it dies, as a noun phrase: `no task events`. Absent when it does not. */
  readonly flaw?: TaskFlaw;
}

/** What is wrong with a task that schedulers stage, commit, and die of (aurora.md 16). */
export const taskFlawSchema = z.enum(['no task events', 'no role', 'no environment', 'no job name']);

export type TaskFlaw = z.infer<typeof taskFlawSchema>;

/**
 * The tasks among all of a set that no scheduler survives. Task events are asked for when tasks are sorted by their
 * latest one, which a task that is alone never is.
 */
export function isUnlivable({ flaw }: Pick<TaskRow, 'flaw'>, tasks: number): boolean {
  return flaw !== undefined && (flaw !== 'no task events' || tasks > 1);
}

/** How many there are, read to their end. */
export async function countTasks(rows: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _row of rows) count += 1;
  return count;
}

/** As agents send it, one a line. */
export const taskRowSchema = z.object({
  taskId: z.string(),
  jobKey: jobKeySchema,
  instanceId: z.number(),
  status: z.string(),
  tier: z.string().exactOptional(),
  owner: z.string().exactOptional(),
  slaveHost: z.string().exactOptional(),
  flaw: taskFlawSchema.exactOptional(),
}) satisfies z.ZodType<TaskRow>;
