import type { Block } from '../block-kit/blocks.ts';
import type { InteractiveElement } from '../block-kit/elements.ts';
import { elementsOf } from '../block-kit-rules.ts';
import { SlackRefusal } from '../refusal.ts';
import type { StateValue, ViewValues } from './entities.ts';

/** What a person gives an element, in the short form of the control API: a string, or several, or nothing. */
export type GivenValue = string | readonly string[] | null;

/** `state.values` of blocks nobody has touched. Only elements that keep a value appear in it. */
export function initialValues(blocks: readonly Block[]): ViewValues {
  const values: Record<string, Record<string, StateValue>> = {};
  for (const block of blocks)
    for (const element of elementsOf(block)) {
      const value = initialValue(element);
      if (value === null || block.block_id === undefined || element.action_id === undefined) continue;
      values[block.block_id] = { ...values[block.block_id], [element.action_id]: value };
    }
  return values;
}

/** The wire value of `given` for an element; refuses options the element does not offer. */
export function stateValue(
  element: InteractiveElement,
  given: GivenValue,
  suggested: readonly { text: unknown; value: string }[] = [],
): StateValue {
  const one = typeof given === 'string' && given !== '' ? given : null;
  const many = given === null ? [] : typeof given === 'string' ? [given] : [...given];
  const option = (value: string) => {
    const found = [...optionsOf(element), ...suggested].find((candidate) => candidate.value === value);
    if (found === undefined) throw new SlackRefusal('no_such_option', { fields: { value } });
    return found;
  };
  const { type } = element;
  switch (type) {
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
    case 'overflow':
      return { type, selected_option: one === null ? null : option(one) };
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes':
      return { type, selected_options: many.map(option) };
    case 'users_select':
      return { type, selected_user: one };
    case 'multi_users_select':
      return { type, selected_users: many };
    case 'conversations_select':
      return { type, selected_conversation: one };
    case 'multi_conversations_select':
      return { type, selected_conversations: many };
    case 'channels_select':
      return { type, selected_channel: one };
    case 'multi_channels_select':
      return { type, selected_channels: many };
    case 'datepicker':
      return { type, selected_date: one };
    case 'timepicker':
      return { type, selected_time: one };
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
      return { type, value: one };
    case 'button':
      return { type, value: element.value };
  }
}

/** Options offered by the element itself. */
function optionsOf(element: InteractiveElement): readonly { text: unknown; value: string }[] {
  switch (element.type) {
    case 'static_select':
    case 'multi_static_select':
      return element.options ?? element.option_groups?.flatMap((group) => group.options) ?? [];
    case 'radio_buttons':
    case 'checkboxes':
    case 'overflow':
      return element.options;
    case 'external_select':
      return element.initial_option === undefined ? [] : [element.initial_option];
    case 'multi_external_select':
      return element.initial_options ?? [];
    default:
      return [];
  }
}

/** True when an input has nothing in it. */
export function isEmptyValue(value: StateValue | undefined): boolean {
  if (value === undefined) return true;
  return Object.entries(value).every(
    ([field, inner]) =>
      field === 'type' ||
      inner === null ||
      inner === undefined ||
      inner === '' ||
      (Array.isArray(inner) && inner.length === 0),
  );
}

function initialValue(element: InteractiveElement): StateValue | null {
  const { type } = element;
  switch (type) {
    case 'button':
    case 'overflow':
      return null;
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
      return { type, selected_option: element.initial_option ?? null };
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes':
      return { type, selected_options: element.initial_options ?? [] };
    case 'users_select':
      return { type, selected_user: element.initial_user ?? null };
    case 'multi_users_select':
      return { type, selected_users: element.initial_users ?? [] };
    case 'conversations_select':
      return { type, selected_conversation: element.initial_conversation ?? null };
    case 'multi_conversations_select':
      return { type, selected_conversations: element.initial_conversations ?? [] };
    case 'channels_select':
      return { type, selected_channel: element.initial_channel ?? null };
    case 'multi_channels_select':
      return { type, selected_channels: element.initial_channels ?? [] };
    case 'datepicker':
      return { type, selected_date: element.initial_date ?? null };
    case 'timepicker':
      return { type, selected_time: element.initial_time ?? null };
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
      return { type, value: element.initial_value ?? null };
  }
}
