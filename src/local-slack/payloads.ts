import type { InteractiveElement } from './block-kit/elements.ts';
import type { LocalUser } from './options.ts';
import type { Channel } from './state/channels.ts';
import type { EphemeralMessage, Message, OpenView, StateValue, ViewValues } from './state/entities.ts';
import { newId } from './state/ids.ts';
import type { Workspace } from './state/workspace.ts';

/**
 * Payloads as Slack sends them, with every documented field (slack.md 1 and 4.6; Bolt's `SlashCommand`, `BlockAction`,
 * `ViewSubmitAction`, `ViewClosedAction`). Not yet compared with a recording of a real workspace.
 */

/** Slack still sends it; nobody may trust it. */
const deprecatedToken = 'local-slack-verification-token';

export function slashCommandPayload(
  workspace: Workspace,
  command: { name: string; text: string; user: LocalUser; channel: Channel },
): Record<string, string> {
  return {
    token: deprecatedToken,
    team_id: workspace.team.id,
    team_domain: workspace.team.domain,
    channel_id: command.channel.id,
    channel_name: command.channel.kind === 'direct' ? 'directmessage' : command.channel.name,
    user_id: command.user.id,
    user_name: command.user.name,
    command: command.name,
    text: command.text,
    api_app_id: workspace.people.app.appId,
    is_enterprise_install: 'false',
    response_url: workspace.issueResponseUrl({
      user: command.user.id,
      channel: command.channel.id,
      ephemeral: false,
    }),
    trigger_id: workspace.triggers.issue(command.user.id, null),
  };
}

/** Of a shortcut on a message, as Bolt's `MessageShortcut` has it. */
export function shortcutPayload(
  workspace: Workspace,
  used: { user: LocalUser; channel: Channel; message: Message; callbackId: string },
): Record<string, unknown> {
  const { user, channel, message, callbackId } = used;
  return {
    type: 'message_action',
    token: deprecatedToken,
    action_ts: workspace.nextTs(),
    team: { id: workspace.team.id, domain: workspace.team.domain },
    enterprise: null,
    is_enterprise_install: false,
    user: actor(workspace, user),
    channel: channelOf(channel),
    callback_id: callbackId,
    trigger_id: workspace.triggers.issue(user.id, null),
    response_url: workspace.issueResponseUrl({ user: user.id, channel: channel.id, ephemeral: false }),
    message_ts: message.ts,
    message: workspace.messages.read(channel.id, message),
  };
}

/** Where a control that was used lives. */
export type ControlPlace =
  | { readonly kind: 'message'; readonly channel: Channel; readonly message: Message }
  | { readonly kind: 'ephemeral'; readonly channel: Channel; readonly message: EphemeralMessage }
  | { readonly kind: 'view'; readonly view: OpenView };

export function blockActionsPayload(
  workspace: Workspace,
  use: {
    user: LocalUser;
    place: ControlPlace;
    element: InteractiveElement;
    blockId: string;
    value: StateValue;
    state: ViewValues;
  },
): Record<string, unknown> {
  const { place } = use;
  const viewId = place.kind === 'view' ? place.view.id : null;
  return {
    type: 'block_actions',
    user: actor(workspace, use.user),
    api_app_id: workspace.people.app.appId,
    token: deprecatedToken,
    container: containerOf(place),
    trigger_id: workspace.triggers.issue(use.user.id, viewId),
    team: { id: workspace.team.id, domain: workspace.team.domain },
    enterprise: null,
    is_enterprise_install: false,
    ...placeFields(workspace, use.user, place),
    actions: [actionOf(workspace, use)],
    ...(place.kind === 'view' ? {} : { state: { values: use.state } }),
  };
}

export function suggestionPayload(
  workspace: Workspace,
  use: { user: LocalUser; place: ControlPlace; actionId: string; blockId: string; value: string },
): Record<string, unknown> {
  const { place } = use;
  return {
    type: 'block_suggestion',
    user: actor(workspace, use.user),
    container: containerOf(place),
    api_app_id: workspace.people.app.appId,
    token: deprecatedToken,
    action_id: use.actionId,
    block_id: use.blockId,
    value: use.value,
    team: { id: workspace.team.id, domain: workspace.team.domain },
    enterprise: null,
    is_enterprise_install: false,
    ...(place.kind === 'view'
      ? { view: viewOutput(workspace, place.view) }
      : { channel: channelOf(place.channel), message: place.message }),
  };
}

export function viewSubmissionPayload(
  workspace: Workspace,
  user: LocalUser,
  view: OpenView,
): Record<string, unknown> {
  return {
    type: 'view_submission',
    team: { id: workspace.team.id, domain: workspace.team.domain },
    user: actor(workspace, user),
    api_app_id: workspace.people.app.appId,
    token: deprecatedToken,
    trigger_id: workspace.triggers.issue(user.id, view.id),
    view: viewOutput(workspace, view),
    response_urls: responseUrls(workspace, user, view),
    enterprise: null,
    is_enterprise_install: false,
  };
}

export function viewClosedPayload(
  workspace: Workspace,
  user: LocalUser,
  view: OpenView,
  isCleared: boolean,
): Record<string, unknown> {
  return {
    type: 'view_closed',
    team: { id: workspace.team.id, domain: workspace.team.domain },
    user: actor(workspace, user),
    api_app_id: workspace.people.app.appId,
    token: deprecatedToken,
    view: viewOutput(workspace, view),
    is_cleared: isCleared,
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** The view as methods answer it and interactions carry it (Bolt's `ViewOutput`). */
export function viewOutput(workspace: Workspace, view: OpenView) {
  const { definition } = view;
  return {
    id: view.id,
    team_id: workspace.team.id,
    type: definition.type,
    blocks: definition.blocks,
    private_metadata: definition.private_metadata ?? '',
    callback_id: definition.callback_id ?? '',
    external_id: definition.external_id ?? '',
    state: { values: view.values },
    hash: view.hash,
    title: definition.type === 'modal' ? definition.title : { type: 'plain_text' as const, text: 'Home' },
    close: definition.type === 'modal' ? (definition.close ?? null) : null,
    submit: definition.type === 'modal' ? (definition.submit ?? null) : null,
    clear_on_close: definition.type === 'modal' ? (definition.clear_on_close ?? false) : false,
    notify_on_close: definition.type === 'modal' ? (definition.notify_on_close ?? false) : false,
    previous_view_id: view.previousViewId,
    root_view_id: view.rootViewId,
    app_id: workspace.people.app.appId,
    app_installed_team_id: workspace.team.id,
    bot_id: workspace.people.botId,
  };
}

/** The outer envelope of the Events API. */
export function eventPayload(
  workspace: Workspace,
  event: Record<string, unknown>,
  isExtShared = false,
): Record<string, unknown> {
  return {
    token: deprecatedToken,
    team_id: workspace.team.id,
    context_team_id: workspace.team.id,
    context_enterprise_id: null,
    api_app_id: workspace.people.app.appId,
    event,
    type: 'event_callback',
    event_id: newId('Ev'),
    event_time: Math.floor(workspace.now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: workspace.team.id,
        user_id: workspace.people.app.botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: isExtShared,
    event_context: newId('EC'),
  };
}

function actor(workspace: Workspace, user: LocalUser) {
  return {
    id: user.id,
    username: user.name,
    name: user.name,
    team_id: user.teamId ?? workspace.team.id,
  };
}

function channelOf(channel: Channel) {
  return { id: channel.id, name: channel.kind === 'direct' ? 'directmessage' : channel.name };
}

function containerOf(place: ControlPlace): Record<string, unknown> {
  if (place.kind === 'view') return { type: 'view', view_id: place.view.id };
  const { message } = place;
  return {
    type: 'message',
    message_ts: message.ts,
    channel_id: place.channel.id,
    is_ephemeral: place.kind === 'ephemeral',
    ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
  };
}

function placeFields(workspace: Workspace, user: LocalUser, place: ControlPlace): Record<string, unknown> {
  if (place.kind === 'view') return { view: viewOutput(workspace, place.view) };
  return {
    channel: channelOf(place.channel),
    // The body of an ephemeral message is not sent back.
    ...(place.kind === 'message'
      ? { message: workspace.messages.read(place.channel.id, place.message) }
      : {}),
    response_url: workspace.issueResponseUrl({
      user: user.id,
      channel: place.channel.id,
      message_ts: place.message.ts,
      thread_ts: place.message.thread_ts,
      ephemeral: place.kind === 'ephemeral',
    }),
  };
}

/** The element comes back with its own look (`text`, `placeholder`, `confirm`, …) and what was chosen. */
function actionOf(
  workspace: Workspace,
  use: { element: InteractiveElement; blockId: string; value: StateValue },
): Record<string, unknown> {
  const {
    options: _options,
    option_groups: _groups,
    ...own
  } = {
    options: undefined,
    option_groups: undefined,
    ...use.element,
  };
  return { ...own, ...use.value, block_id: use.blockId, action_ts: workspace.nextTs() };
}

/** Response URLs of a submission: one for each conversation select that asks for it (slack.md 4.2). */
function responseUrls(workspace: Workspace, user: LocalUser, view: OpenView) {
  return view.definition.blocks.flatMap((block) => {
    if (block.type !== 'input') return [];
    const { element } = block;
    if (element.type !== 'conversations_select' && element.type !== 'channels_select') return [];
    if (element.response_url_enabled !== true) return [];
    const value = view.values[block.block_id ?? '']?.[element.action_id ?? ''];
    const channel = value?.selected_conversation ?? value?.selected_channel;
    if (typeof channel !== 'string') return [];
    return [
      {
        block_id: block.block_id,
        action_id: element.action_id,
        channel_id: channel,
        response_url: workspace.issueResponseUrl({ user: user.id, channel, ephemeral: false }),
      },
    ];
  });
}
