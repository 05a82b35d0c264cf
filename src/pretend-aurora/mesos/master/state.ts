import { z } from 'zod';

const taskSchema = z.object({
  taskId: z.string(),
  /** `role/environment/job`. */
  name: z.string(),
  frameworkId: z.string(),
  agentId: z.string(),
  /** Mesos state, for instance `TASK_RUNNING`. */
  state: z.string(),
  tier: z.string().optional(),
  /** Milliseconds since the epoch of its last status. */
  at: z.number(),
});

const frameworkSchema = z.object({
  frameworkId: z.string(),
  name: z.string(),
  failoverTimeoutSecs: z.number(),
  registeredAt: z.number(),
  /** When it last lost its scheduler; `null` while connected. */
  unregisteredAt: z.number().nullable(),
});

const agentSchema = z.object({ agentId: z.string(), hostname: z.string() });

const eventSchema = z.object({
  at: z.number(),
  /** `lost` and `gone` differ: told LOST on a question about it, and vanished without a word. */
  kind: z.enum(['registered', 'launched', 'killed', 'lost', 'failed', 'gone', 'duplicate']),
  frameworkId: z.string(),
  /** Absent for `registered`. */
  taskId: z.string().optional(),
  /** Who registered, or why a task ended. */
  detail: z.string().optional(),
});

/** What the pretend Mesos remembers, in one file. */
export const masterStateSchema = z.object({
  frameworks: z.array(frameworkSchema),
  agents: z.array(agentSchema),
  /** Live tasks only; ended ones are in `completed`. */
  tasks: z.array(taskSchema),
  completed: z.array(taskSchema),
  /** Everything that happened, oldest first: the observed outcome of a restore is read from here. */
  events: z.array(eventSchema),
});

export type MasterState = z.infer<typeof masterStateSchema>;
export type MasterTask = z.infer<typeof taskSchema>;
export type MasterFramework = z.infer<typeof frameworkSchema>;
export type MasterEvent = z.infer<typeof eventSchema>;

export function emptyMasterState(): MasterState {
  return { frameworks: [], agents: [], tasks: [], completed: [], events: [] };
}
