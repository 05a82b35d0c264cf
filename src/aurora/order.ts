/** What a person orders in a terminal, as a text that their ssh key signs: it proves to the bot who it is, once. No host takes it. */
import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
import { restoreIdSchema } from './name-schemas.ts';

/** What can be decided in a terminal. */
export const terminalDecisions = ['sign-off', 'commit', 'abort', 'go-back', 'let-reconcile'] as const;
export type TerminalDecision = (typeof terminalDecisions)[number];

/** Instants are milliseconds since the epoch. */
export const orderSchema = z.strictObject({
  version: z.literal(1),
  decision: z.enum(terminalDecisions),
  cluster: z.string().max(100),
  restore: restoreIdSchema,
  /** Hash of the first record of the restore's journal: another restore of the same name has another. */
  journal: z.string().max(64),
  /** The gate that is signed; `null` where the decision is about none. */
  gate: z.enum(['stop', 'commit', 'go-back']).nullable(),
  /** What is signed or committed; `null` where nothing is bound to one. */
  digest: z.string().max(64).nullable(),
  reason: z.string().max(500),
  /** Made by the bot for this order alone, hex. */
  nonce: z.string().regex(/^[0-9a-f]{64}$/),
  issuedAt: z.int(),
});

export type Order = z.infer<typeof orderSchema>;

/** A first line that nothing else begins with, a statement least of all; then canonical JSON, then a line end. */
export function orderText(order: Order): string {
  return `aurora-chatops order v${order.version}\n${canonicalJson(order)}\n`;
}
