import { z } from 'zod';
import { anyText, mrkdwnText, plainText, slackFile } from './composition.ts';
import { accessoryElement, actionsElement, imageElement, inputElement } from './elements.ts';
import { richTextBlock } from './rich-text.ts';

/** Blocks with the limits of slack.md 4.1. The kinds listed here are the ones the page draws; others are refused. */

const id = { block_id: z.string().min(1).max(255).optional() };

const section = z
  .strictObject({
    type: z.literal('section'),
    ...id,
    text: anyText(3000).optional(),
    fields: z.array(anyText(2000)).min(1).max(10).optional(),
    accessory: accessoryElement.optional(),
    expand: z.boolean().optional(),
  })
  .refine((block) => block.text !== undefined || block.fields !== undefined, {
    message: 'missing required field: text or fields',
  });

const cell = z.discriminatedUnion('type', [
  richTextBlock,
  z.strictObject({ type: z.literal('raw_text'), text: z.string().min(1) }),
  z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string().min(1) }),
]);

const table = z.strictObject({
  type: z.literal('table'),
  ...id,
  rows: z.array(z.array(cell).min(1).max(20)).min(1).max(100),
  column_settings: z
    .array(
      z
        .strictObject({
          align: z.enum(['left', 'center', 'right']).optional(),
          is_wrapped: z.boolean().optional(),
        })
        .nullable(),
    )
    .max(20)
    .optional(),
});

const contextElement = z.discriminatedUnion('type', [imageElement, plainText(3000), mrkdwnText(3000)]);

export const block = z.discriminatedUnion('type', [
  section,
  table,
  richTextBlock,
  z.strictObject({ type: z.literal('divider'), ...id }),
  z.strictObject({ type: z.literal('header'), ...id, text: plainText(150) }),
  z.strictObject({ type: z.literal('markdown'), ...id, text: z.string().min(1).max(12_000) }),
  z.strictObject({ type: z.literal('actions'), ...id, elements: z.array(actionsElement).min(1).max(25) }),
  z.strictObject({
    type: z.literal('context'),
    ...id,
    elements: z.array(contextElement).min(1).max(10),
  }),
  z.strictObject({
    type: z.literal('image'),
    ...id,
    alt_text: z.string().min(1).max(2000),
    title: plainText(2000).optional(),
    image_url: z.string().max(3000).optional(),
    slack_file: slackFile.optional(),
  }),
  z.strictObject({
    type: z.literal('input'),
    ...id,
    label: plainText(2000),
    hint: plainText(2000).optional(),
    optional: z.boolean().optional(),
    dispatch_action: z.boolean().optional(),
    element: inputElement,
  }),
]);

export type Block = z.infer<typeof block>;
export type InputBlock = Extract<Block, { type: 'input' }>;
