import { z } from 'zod';
import {
  colour,
  confirmDialog,
  conversationFilter,
  dispatchActionConfig,
  optionGroup,
  overflowOption,
  plainOption,
  plainText,
  richOption,
  slackFile,
} from './composition.ts';

/** Block elements with the limits of slack.md 4.1. There is no `disabled`: an unknown property fails the whole message. */

const action = { action_id: z.string().min(1).max(255).optional() };
const confirmable = { confirm: confirmDialog.optional() };
const focusable = { focus_on_load: z.boolean().optional() };
const placeholder = { placeholder: plainText(150).optional() };
const dispatchable = { dispatch_action_config: dispatchActionConfig.optional() };
const maxSelected = { max_selected_items: z.number().int().min(1).optional() };
const select = { ...action, ...confirmable, ...focusable, ...placeholder };
const typed = { ...action, ...dispatchable, ...focusable, ...placeholder };
const staticOptions = {
  options: z.array(plainOption).min(1).max(100).optional(),
  option_groups: z.array(optionGroup).min(1).max(100).optional(),
};
const conversations = {
  default_to_current_conversation: z.boolean().optional(),
  filter: conversationFilter.optional(),
};
const urlResponder = { response_url_enabled: z.boolean().optional() };

const button = z.strictObject({
  type: z.literal('button'),
  text: plainText(75),
  value: z.string().max(2000).optional(),
  url: z.string().max(3000).optional(),
  style: colour.optional(),
  accessibility_label: z.string().max(75).optional(),
  ...action,
  ...confirmable,
});

const overflow = z.strictObject({
  type: z.literal('overflow'),
  options: z.array(overflowOption).min(1).max(5),
  ...action,
  ...confirmable,
});

const checkboxes = z.strictObject({
  type: z.literal('checkboxes'),
  options: z.array(richOption).min(1).max(10),
  initial_options: z.array(richOption).min(1).max(10).optional(),
  ...action,
  ...confirmable,
  ...focusable,
});

const radioButtons = z.strictObject({
  type: z.literal('radio_buttons'),
  options: z.array(richOption).min(1).max(10),
  initial_option: richOption.optional(),
  ...action,
  ...confirmable,
  ...focusable,
});

const staticSelect = z.strictObject({
  type: z.literal('static_select'),
  ...staticOptions,
  initial_option: plainOption.optional(),
  ...select,
});
const multiStaticSelect = z.strictObject({
  type: z.literal('multi_static_select'),
  ...staticOptions,
  initial_options: z.array(plainOption).min(1).max(100).optional(),
  ...select,
  ...maxSelected,
});
const externalSelect = z.strictObject({
  type: z.literal('external_select'),
  initial_option: plainOption.optional(),
  min_query_length: z.number().int().min(0).optional(),
  ...select,
});
const multiExternalSelect = z.strictObject({
  type: z.literal('multi_external_select'),
  initial_options: z.array(plainOption).min(1).max(100).optional(),
  min_query_length: z.number().int().min(0).optional(),
  ...select,
  ...maxSelected,
});
const usersSelect = z.strictObject({
  type: z.literal('users_select'),
  initial_user: z.string().optional(),
  ...select,
});
const multiUsersSelect = z.strictObject({
  type: z.literal('multi_users_select'),
  initial_users: z.array(z.string()).optional(),
  ...select,
  ...maxSelected,
});
const conversationsSelect = z.strictObject({
  type: z.literal('conversations_select'),
  initial_conversation: z.string().optional(),
  ...conversations,
  ...select,
  ...urlResponder,
});
const multiConversationsSelect = z.strictObject({
  type: z.literal('multi_conversations_select'),
  initial_conversations: z.array(z.string()).optional(),
  ...conversations,
  ...select,
  ...maxSelected,
});
const channelsSelect = z.strictObject({
  type: z.literal('channels_select'),
  initial_channel: z.string().optional(),
  ...select,
  ...urlResponder,
});
const multiChannelsSelect = z.strictObject({
  type: z.literal('multi_channels_select'),
  initial_channels: z.array(z.string()).optional(),
  ...select,
  ...maxSelected,
});

const datepicker = z.strictObject({
  type: z.literal('datepicker'),
  initial_date: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d$/)
    .optional(),
  ...select,
});
const timepicker = z.strictObject({
  type: z.literal('timepicker'),
  initial_time: z
    .string()
    .regex(/^\d\d:\d\d$/)
    .optional(),
  timezone: z.string().optional(),
  ...select,
});

const plainTextInput = z.strictObject({
  type: z.literal('plain_text_input'),
  initial_value: z.string().max(3000).optional(),
  multiline: z.boolean().optional(),
  min_length: z.number().int().min(0).max(3000).optional(),
  max_length: z.number().int().min(1).max(3000).optional(),
  ...typed,
});
const numberInput = z.strictObject({
  type: z.literal('number_input'),
  is_decimal_allowed: z.boolean(),
  initial_value: z.string().optional(),
  min_value: z.string().optional(),
  max_value: z.string().optional(),
  ...typed,
});
const emailInput = z.strictObject({
  type: z.literal('email_text_input'),
  initial_value: z.string().optional(),
  ...typed,
});
const urlInput = z.strictObject({
  type: z.literal('url_text_input'),
  initial_value: z.string().optional(),
  ...typed,
});

export const imageElement = z.strictObject({
  type: z.literal('image'),
  alt_text: z.string().min(1).max(2000),
  image_url: z.string().max(3000).optional(),
  slack_file: slackFile.optional(),
});

const selects = [
  staticSelect,
  multiStaticSelect,
  externalSelect,
  multiExternalSelect,
  usersSelect,
  multiUsersSelect,
  conversationsSelect,
  multiConversationsSelect,
  channelsSelect,
  multiChannelsSelect,
] as const;
const pickers = [datepicker, timepicker, checkboxes, radioButtons] as const;

export const actionsElement = z.discriminatedUnion('type', [button, overflow, ...selects, ...pickers]);
export const accessoryElement = z.discriminatedUnion('type', [
  button,
  overflow,
  imageElement,
  ...selects,
  ...pickers,
]);
export const inputElement = z.discriminatedUnion('type', [
  plainTextInput,
  numberInput,
  emailInput,
  urlInput,
  ...selects,
  ...pickers,
]);

export type ActionsElement = z.infer<typeof actionsElement>;
export type InputElement = z.infer<typeof inputElement>;
/** Everything a person can press, choose in or type into. */
export type InteractiveElement = ActionsElement | InputElement;
