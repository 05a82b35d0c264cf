import { z } from 'zod';
import type { OperatorCall } from './operator-api.ts';

// Only the fields we use (mesos.md 4.5). A list may be absent as well as empty: releases differ.

const id = z.object({ value: z.string().min(1) });

/**
 * Nanoseconds since the epoch, as milliseconds. They exceed 2^53, so the number has been rounded by up to a few hundred
 * nanoseconds on the way; some releases write a string.
 */
const timeMs = z
  .object({ nanoseconds: z.union([z.number(), z.string().regex(/^-?\d+$/)]) })
  .transform(({ nanoseconds }) => Math.floor(Number(nanoseconds) / 1e6));

const task = z.object({
  name: z.string(),
  task_id: id,
  framework_id: id,
  agent_id: id,
  state: z.string(),
  labels: z
    .object({ labels: z.array(z.object({ key: z.string(), value: z.string().optional() })).default([]) })
    .optional(),
});
export type MesosTask = z.infer<typeof task>;

const framework = z.object({
  framework_info: z.object({
    name: z.string(),
    id,
    /** Seconds; Mesos' own default is 0: no time at all. */
    failover_timeout: z.number().default(0),
  }),
  connected: z.boolean().default(false),
  unregistered_time: timeMs.optional(),
});
export type MesosFramework = z.infer<typeof framework>;

/** A call and the shape of its answer. */
export interface Question<T> {
  readonly call: OperatorCall;
  readonly schema: z.ZodType<T>;
}

function question<T>(call: OperatorCall, schema: z.ZodType<T>): Question<T> {
  return { call, schema };
}

export const getMaster = question(
  'GET_MASTER',
  z.object({
    get_master: z.object({
      master_info: z.object({ id: z.string() }),
      /** Seconds since the epoch; releases before it was added leave it out. */
      elected_time: z.number().optional(),
    }),
  }),
);

export const getAgents = question(
  'GET_AGENTS',
  z.object({ get_agents: z.object({ recovered_agents: z.array(z.unknown()).default([]) }) }),
);

export const getFrameworks = question(
  'GET_FRAMEWORKS',
  z.object({
    get_frameworks: z.object({
      frameworks: z.array(framework).default([]),
      completed_frameworks: z.array(framework).default([]),
    }),
  }),
);

export const getTasks = question(
  'GET_TASKS',
  z.object({ get_tasks: z.object({ tasks: z.array(task).default([]) }) }),
);
