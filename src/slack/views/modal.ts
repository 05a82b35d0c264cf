import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import { section } from '../blocks.ts';
import { plain } from '../escape.ts';

/** A modal with a button that submits it. Titles and labels are cut to what Slack takes. */
export function form(fields: {
  id: string;
  title: string;
  submit: string;
  metadata: string;
  blocks: readonly KnownBlock[];
}): ModalView {
  return {
    type: 'modal',
    callback_id: fields.id,
    title: { type: 'plain_text', text: fields.title.slice(0, 24) },
    submit: { type: 'plain_text', text: fields.submit.slice(0, 24) },
    close: { type: 'plain_text', text: 'Not now' },
    private_metadata: fields.metadata,
    blocks: [...fields.blocks],
  };
}

/** A modal that only shows something. */
export function notice(title: string, blocks: readonly KnownBlock[]): ModalView {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: title.slice(0, 24) },
    close: { type: 'plain_text', text: 'Close' },
    blocks: [...blocks],
  };
}

/** Shown at once while the content is fetched: a trigger lives three seconds. */
export function loading(title: string, what: string): ModalView {
  return notice(title, [section(what)]);
}

/** A line or a paragraph to type. The block's id is the field's name in the submission. */
export function typed(field: {
  name: string;
  label: string;
  placeholder?: string;
  optional?: boolean;
  multiline?: boolean;
  max?: number;
  /** What stands in it at first. */
  initial?: string;
}): InputBlock {
  return {
    type: 'input',
    block_id: field.name,
    label: { type: 'plain_text', text: plain(field.label, 200) },
    optional: field.optional === true,
    element: {
      type: 'plain_text_input',
      action_id: field.name,
      multiline: field.multiline === true,
      max_length: field.max ?? 300,
      // Slack opens no form with more in a field than it takes.
      ...(field.initial === undefined || field.initial === ''
        ? {}
        : { initial_value: field.initial.slice(0, field.max ?? 300).toWellFormed() }),
      ...(field.placeholder === undefined
        ? {}
        : { placeholder: { type: 'plain_text' as const, text: plain(field.placeholder, 150) } }),
    },
  };
}
