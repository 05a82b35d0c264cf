/**
 * What a cluster has, job by job: of a backup or of a leader that answers. Its size goes by jobs and never by tasks, so that two
 * of them can be held side by side. Configurations are told apart by a fingerprint, and not kept.
 */
import { z } from 'zod';

const countSchema = z.int().nonnegative();

/** As agents send it, one entry a line. */
export const outlineEntrySchema = z
  .discriminatedUnion('of', [
    z.object({
      of: z.literal('cluster'),
      atMs: z.number().nullable().describe('From inside the backup; for a leader, when it was asked.'),
      frameworkId: z.string().nullable(),
    }),
    z.object({
      of: z.literal('job'),
      key: z.string().describe('role/environment/name'),
      active: countSchema.describe('Tasks that have not ended.'),
      ended: countSchema,
      configs: z
        .record(z.string(), countSchema)
        .describe('Fingerprint of a configuration: how many of the active tasks have it; 0 for not counted.'),
    }),
    z.object({
      of: z.literal('cron'),
      key: z.string(),
      schedule: z.string(),
      fingerprint: z
        .string()
        .describe('Of schedule, number of instances, collision policy and configuration.'),
    }),
    z.object({
      of: z.literal('quota'),
      role: z.string(),
      cpus: z.number(),
      ramMb: z.number(),
      diskMb: z.number(),
    }),
    z.object({
      of: z.literal('update'),
      key: z.string().describe('role/environment/name and the id of the update'),
      status: z.string().describe('A JobUpdateStatus, or UNKNOWN(n).'),
    }),
  ])
  .readonly()
  .meta({ id: 'OutlineEntry' });

export type OutlineEntry = z.infer<typeof outlineEntrySchema>;
export type EntryOf<K extends OutlineEntry['of']> = Extract<OutlineEntry, { of: K }>;

export interface ClusterOutline {
  readonly atMs: number | null;
  readonly frameworkId: string | null;
  readonly jobs: ReadonlyMap<string, EntryOf<'job'>>;
  readonly cron: ReadonlyMap<string, EntryOf<'cron'>>;
  /** By role; `null` where it was not asked for, and where whoever answers does not tell. */
  readonly quotas: ReadonlyMap<string, EntryOf<'quota'>> | null;
  readonly updates: ReadonlyMap<string, EntryOf<'update'>> | null;
}

/** Puts entries together as they come; of two with one key the later counts. */
export async function collectOutline(
  entries: AsyncIterable<OutlineEntry> | Iterable<OutlineEntry>,
): Promise<ClusterOutline> {
  let [atMs, frameworkId]: [number | null, string | null] = [null, null];
  const jobs = new Map<string, EntryOf<'job'>>();
  const cron = new Map<string, EntryOf<'cron'>>();
  const quotas = new Map<string, EntryOf<'quota'>>();
  const updates = new Map<string, EntryOf<'update'>>();
  for await (const entry of entries) {
    if (entry.of === 'cluster') ({ atMs, frameworkId } = entry);
    else if (entry.of === 'job') jobs.set(entry.key, entry);
    else if (entry.of === 'cron') cron.set(entry.key, entry);
    else if (entry.of === 'quota') quotas.set(entry.role, entry);
    else updates.set(entry.key, entry);
  }
  return { atMs, frameworkId, jobs, cron, quotas, updates };
}

/** Aurora's words (api.thrift `JobUpdateStatus`, every release that has updates). */
const updateStatuses = [
  'ROLLING_FORWARD',
  'ROLLING_BACK',
  'ROLL_FORWARD_PAUSED',
  'ROLL_BACK_PAUSED',
  'ROLLED_FORWARD',
  'ROLLED_BACK',
  'ABORTED',
  'ERROR',
  'FAILED',
  'ROLL_FORWARD_AWAITING_PULSE',
  'ROLL_BACK_AWAITING_PULSE',
] as const;

export function updateStatusName(number: number | undefined): string {
  return updateStatuses[number ?? -1] ?? `UNKNOWN(${number ?? 'absent'})`;
}
