import { findUser } from './store.js';
import { useControl } from './use-control.js';

// What an element holds, and what becomes of it when a person changes it.

/** Names an element across drawings, so that focus comes back to it. */
export const focusName = (element, block) => `${block.block_id}/${element.action_id}`;

/** In a modal's input: keep it for the submission. Elsewhere, or when the app wants to hear: send it. */
export async function settle(element, block, place, value) {
  place.keep?.(block.block_id, element.action_id, value);
  const silent = block.type === 'input' && block.dispatch_action !== true;
  if (!silent) await useControl(element, block, place, value);
}

/** What an element holds, as a string or a list of strings. */
export function shortValue(element, block, place) {
  const kept = place.kept?.(block.block_id, element.action_id);
  if (kept !== undefined) return kept;
  const value = place.values?.[block.block_id]?.[element.action_id] ?? initial(element);
  if (value.selected_option) return value.selected_option.value;
  if (value.selected_options) return value.selected_options.map((option) => option.value);
  for (const name of [
    'value',
    'selected_user',
    'selected_channel',
    'selected_conversation',
    'selected_date',
    'selected_time',
  ])
    if (typeof value[name] === 'string') return value[name];
  return value.selected_users ?? value.selected_channels ?? value.selected_conversations ?? null;
}

function initial(element) {
  return {
    selected_option: element.initial_option,
    selected_options: element.initial_options,
    value: element.initial_value,
    selected_user: element.initial_user && findUser(element.initial_user)?.id,
    selected_users: element.initial_users,
    selected_channel: element.initial_channel,
    selected_channels: element.initial_channels,
    selected_conversation: element.initial_conversation,
    selected_conversations: element.initial_conversations,
    selected_date: element.initial_date,
    selected_time: element.initial_time,
  };
}
