import { z } from 'zod';
import type { Action } from '../../mesos/log/record.ts';

/**
 * What replicas of the simulated log say to each other on their libprocess ports. The shape is ours; the
 * meaning is Mesos' (mesos.md 2): promises, writes at positions, learning, and answers that are ignored when
 * not VOTING.
 */
const actionSchema = z.object({
  position: z.number().int(),
  promised: z.number().int(),
  performed: z.number().int(),
  learned: z.boolean(),
  content: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('nop') }),
    z.object({ kind: z.literal('append'), bytes: z.string() }),
    z.object({ kind: z.literal('truncate'), to: z.number().int() }),
  ]),
});

export const requestSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('look') }),
  z.object({ type: z.literal('promise'), proposal: z.number().int() }),
  z.object({ type: z.literal('write'), proposal: z.number().int(), actions: z.array(actionSchema) }),
  z.object({ type: z.literal('learn'), positions: z.array(z.number().int()), proposal: z.number().int() }),
  z.object({ type: z.literal('fetch'), from: z.number().int(), to: z.number().int() }),
]);

export const answerSchema = z.object({
  /** `ignored`: this replica does not vote. `rejected`: it has promised itself to a higher proposal. */
  answer: z.enum(['ok', 'rejected', 'ignored']),
  status: z.enum(['VOTING', 'RECOVERING', 'STARTING', 'EMPTY']),
  promised: z.number().int(),
  begin: z.number().int(),
  end: z.number().int(),
  /** True while not even position 0 was ever decided here. */
  blank: z.boolean(),
  actions: z.array(actionSchema),
});

type WireAction = z.infer<typeof actionSchema>;
export type ReplicaRequest = z.infer<typeof requestSchema>;
export type ReplicaAnswer = z.infer<typeof answerSchema>;

export function toWire(action: Action): WireAction {
  const { content } = action;
  const wire =
    content.kind === 'append' ? { kind: content.kind, bytes: content.bytes.toString('base64') } : content;
  return { ...action, content: wire };
}

export function fromWire(wire: WireAction): Action {
  const { content } = wire;
  return {
    ...wire,
    content:
      content.kind === 'append' ? { kind: 'append', bytes: Buffer.from(content.bytes, 'base64') } : content,
  };
}
