/** What a terminal asks the bot over its socket, and what it gets: a JSON object a line. Both ends parse through these. */
import { join } from 'node:path';
import { z } from 'zod';
import { restoreIdSchema } from '../aurora/name-schemas.ts';
import { orderSchema, terminalDecisions } from '../aurora/order.ts';
import { statementSchema } from '../aurora/statement.ts';

/** Longer lines are refused, in both directions. A statement with two signatures has 20 kB at most. */
export const lineBytesMax = 64 * 1024;

const signature = z.string().max(8_000);

export const requestSchema = z.discriminatedUnion('ask', [
  /** Makes an order to sign; one of before that was not used is forgotten. */
  z.strictObject({
    ask: z.literal('order'),
    decision: z.enum(terminalDecisions),
    restore: restoreIdSchema,
    reason: z.string().max(500),
  }),
  /** Decides what the last order of this connection says. */
  z.strictObject({
    ask: z.literal('decide'),
    nonce: z.string().max(64),
    signature,
    /** Over the statement, where people sign one. */
    statementSignature: signature.nullable(),
    /** The cluster's name, as it was typed; for a commit. */
    typedCluster: z.string().max(100),
  }),
]);

export type TerminalRequest = z.infer<typeof requestSchema>;

export const ordered = z.strictObject({
  ok: z.literal(true),
  order: orderSchema,
  /** `null` where the policy asks nobody for a signature of their own, or the decision takes none. */
  statement: statementSchema.nullable(),
});

export const decided = z.strictObject({
  ok: z.literal(true),
  /** The roster's name of the person, and of the key that proved them. */
  name: z.string(),
  key: z.string(),
  /** Slack answered nothing: the thread hears of it later. */
  slackIsSilent: z.boolean(),
});

export const refused = z.strictObject({
  ok: z.literal(false),
  code: z.string(),
  message: z.string(),
  hint: z.string(),
});

export type Ordered = z.infer<typeof ordered>;
export type Decided = z.infer<typeof decided>;
export type Refused = z.infer<typeof refused>;

/** In the bot's state directory. */
export function socketOf(state: string): string {
  return join(state, 'bot.sock');
}
