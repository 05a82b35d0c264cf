import { z } from 'zod';

/** Bodies of the control API, described for people in docs/drill.md. */

const value = z.union([z.string(), z.array(z.string()), z.null()]);

export const typeRequest = z.strictObject({
  user: z.string(),
  channel: z.string(),
  text: z.string().max(40_000),
  thread_ts: z.string().optional(),
});

const onMessage = { user: z.string(), channel: z.string(), ts: z.string() };

export const editRequest = z.strictObject({ ...onMessage, text: z.string().min(1).max(40_000) });

export const deleteRequest = z.strictObject(onMessage);

export const shortcutRequest = z.strictObject({ ...onMessage, callback_id: z.string() });

export const useRequest = z.strictObject({
  user: z.string(),
  channel: z.string().optional(),
  ts: z.string().optional(),
  view_id: z.string().optional(),
  action_id: z.string(),
  block_id: z.string().optional(),
  value: value.optional(),
  confirmed: z.boolean().optional(),
  under_way: z.boolean().optional(),
});

export const suggestRequest = z.strictObject({
  user: z.string(),
  channel: z.string().optional(),
  ts: z.string().optional(),
  view_id: z.string().optional(),
  action_id: z.string(),
  block_id: z.string().optional(),
  value: z.string(),
});

export const submitRequest = z.strictObject({
  user: z.string(),
  view_id: z.string().optional(),
  values: z.record(z.string(), z.unknown()).default({}),
  under_way: z.boolean().optional(),
});

export const closeRequest = z.strictObject({
  user: z.string(),
  view_id: z.string().optional(),
  all: z.boolean().optional(),
});

export const homeRequest = z.strictObject({
  user: z.string(),
  tab: z.enum(['home', 'messages']).default('home'),
});

export const faultRequest = z.strictObject({
  /** Acknowledgements over sockets are held back this long; 0 ends it. */
  slow_ack_ms: z.number().int().min(0).max(60_000).optional(),
  /** The next calls of a method (or `*`) go wrong. */
  fail: z
    .strictObject({
      method: z.string(),
      times: z.number().int().min(1).max(1000).default(1),
      how: z.union([
        z.enum(['429', '500', '503', 'reset', 'lost-reply', 'unshared']),
        z.templateLiteral(['refuse:', z.string().regex(/^[a-z_]+$/)]),
      ]),
      retry_after_s: z.number().int().min(1).max(3600).default(1),
    })
    .optional(),
  /** The next envelopes arrive twice. */
  duplicate_deliveries: z.number().int().min(0).max(1000).optional(),
  drop_sockets: z.literal(true).optional(),
  disconnect: z.enum(['warning', 'refresh_requested', 'link_disabled']).optional(),
  /** Slack is away: no API, no sockets, no deliveries. */
  down: z.boolean().optional(),
  deactivate: z.strictObject({ user: z.string(), deleted: z.boolean().default(true) }).optional(),
  /** Forgets every fault and is up again. */
  clear: z.literal(true).optional(),
});

/** A fault of the world around the local Slack, by its name. */
export const drillFaultRequest = z.strictObject({ name: z.string() });

export const eventsQuery = z.object({
  after: z.coerce.number().int().min(0).default(0),
  timeout_ms: z.coerce.number().int().min(0).max(60_000).default(25_000),
  types: z.string().optional(),
  run: z.string().optional(),
});
