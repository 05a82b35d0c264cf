import { z } from 'zod';

/**
 * What a simulated scheduler and the simulated master say to each other. It is not Mesos' driver protocol:
 * nothing of the product speaks that, only its effects on tasks are of interest.
 */
export const subscribeSchema = z.object({
  /** `null` registers as a new framework. */
  frameworkId: z.string().nullable(),
  name: z.string(),
  failoverTimeoutSecs: z.number(),
  /** Who asks, for the record of events. */
  host: z.string(),
});

export const callSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('reconcile'),
    frameworkId: z.string(),
    taskIds: z.array(z.string()).nullable(),
  }),
  z.object({
    type: z.literal('launch'),
    frameworkId: z.string(),
    taskId: z.string(),
    name: z.string(),
    agentId: z.string(),
    tier: z.string().optional(),
  }),
  z.object({ type: z.literal('kill'), frameworkId: z.string(), taskId: z.string() }),
]);

/** One JSON line of the stream that a subscription is. */
export const pushSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('subscribed'),
    frameworkId: z.string(),
    agents: z.array(z.object({ agentId: z.string(), hostname: z.string() })),
  }),
  z.object({ type: z.literal('update'), taskId: z.string(), state: z.string(), agentId: z.string() }),
  /** The driver aborts, and the scheduler with it. */
  z.object({ type: z.literal('error'), message: z.string() }),
]);

export type Subscribe = z.infer<typeof subscribeSchema>;
export type Call = z.infer<typeof callSchema>;
export type Push = z.infer<typeof pushSchema>;
