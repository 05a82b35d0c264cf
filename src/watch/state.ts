/** All that is kept of a watch, as it is stored. Version 1; new fields are optional, since a bot of before may have written it. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type StoredForm, storedForm } from '../aurora/stored-form.ts';
import { beginHistory, type History } from './history.ts';

const saidSchema = z
  .object({
    atMs: z.number(),
    severity: z.enum(['warning', 'critical']),
    says: z.string(),
    means: z.string(),
    next: z.string(),
    hold: z.string().exactOptional(),
  })
  .readonly();

/** The words of an alarm as they were told; they stay as they are. */
export type Said = z.infer<typeof saidSchema>;

const snoozeSchema = z
  .object({
    /** `U…`: whoever asked for it. */
    by: z.string(),
    reason: z.string(),
    atMs: z.number(),
    untilMs: z.number(),
  })
  .readonly();

export type Snooze = z.infer<typeof snoozeSchema>;

const alarmSchema = z
  .object({
    /** Counts up within a cluster and is never given twice. */
    number: z.number(),
    kind: z.string(),
    subject: z.string(),
    /** The first look that found it. */
    sinceMs: z.number(),
    looks: z.number(),
    /** `null` while it has not held for long enough. */
    said: saidSchema.nullable(),
    /** It became critical after it was told as a warning. */
    worse: saidSchema.nullable(),
    /** The first look in a row that did not find it. */
    goneSinceMs: z.number().nullable(),
    goneLooks: z.number(),
    /** `cleared`: it is over. `snoozed`: the snooze ended and it still held, and another one was told. */
    over: z
      .object({ atMs: z.number(), why: z.enum(['cleared', 'snoozed']) })
      .readonly()
      .nullable(),
    /** How often it came back within a day of being over. */
    returns: z.number(),
    snooze: snoozeSchema.nullable(),
    /** Everything that there is to tell of it is told. */
    told: z.boolean(),
  })
  .readonly();

export type Alarm = z.infer<typeof alarmSchema>;

const historySchema: z.ZodType<History> = z
  .object({
    sinceMs: z.number(),
    written: z.record(z.string(), z.number()),
    newestWholeMs: z.number().nullable(),
    hadTasks: z.boolean(),
    frameworkId: z.string().nullable(),
    starts: z.array(z.number()).readonly(),
    disks: z.record(z.string(), z.array(z.tuple([z.number(), z.number()]).readonly()).readonly()),
  })
  .readonly();

const stateSchema = z
  .object({
    /** Random: messages of another database's watch are not taken for ours. */
    id: z.string(),
    nextNumber: z.number(),
    /** A restore was going on at the last look: nothing was judged. */
    duringRestore: z.boolean(),
    history: historySchema,
    alarms: z.array(alarmSchema).readonly(),
  })
  .readonly();

export type WatchState = z.infer<typeof stateSchema>;

export const watchForm: StoredForm<WatchState> = storedForm(1, stateSchema);

export function beginState(atMs: number): WatchState {
  return { id: randomUUID(), nextNumber: 1, duringRestore: false, history: beginHistory(atMs), alarms: [] };
}

export function isSnoozed({ snooze }: Alarm, atMs: number): boolean {
  return snooze !== null && atMs < snooze.untilMs;
}

/** Told, and not over: what people see as an alarm. */
export function isOpen({ said, over }: Alarm): boolean {
  return said !== null && over === null;
}
