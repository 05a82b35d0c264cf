import { z } from 'zod';
import { block } from './blocks.ts';
import { plainText } from './composition.ts';

/** Modals and Home tabs with the limits of slack.md 4.2. */

const common = {
  blocks: z.array(block).max(100),
  private_metadata: z.string().max(3000).optional(),
  callback_id: z.string().max(255).optional(),
  external_id: z.string().max(255).optional(),
};

const modal = z
  .strictObject({
    type: z.literal('modal'),
    title: plainText(24),
    submit: plainText(24).nullish(),
    close: plainText(24).nullish(),
    clear_on_close: z.boolean().optional(),
    notify_on_close: z.boolean().optional(),
    ...common,
  })
  .refine((view) => view.submit != null || !view.blocks.some((inner) => inner.type === 'input'), {
    message: 'missing required field: submit (required when the view has an input block)',
  });

const home = z.strictObject({ type: z.literal('home'), ...common });

export const view = z.discriminatedUnion('type', [modal, home]);

export type ViewDefinition = z.infer<typeof view>;
