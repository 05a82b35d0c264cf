import { permalinkOf } from '../api/chat.ts';
import { viewOutput } from '../payloads.ts';
import { type Names, renderMessageText } from '../plain-text.ts';
import { channelObject } from '../state/channels.ts';
import type { Message } from '../state/entities.ts';
import { userObject } from '../state/people.ts';
import type { Workspace } from '../state/workspace.ts';

/** What the control API tells about the workspace: plain JSON, with the words of each message as `plain`. */

export function readState(workspace: Workspace) {
  const { people } = workspace;
  return {
    run: workspace.feed.run,
    seq: workspace.feed.seq,
    now: workspace.now(),
    team: workspace.team,
    app: {
      app_id: people.app.appId,
      name: people.app.name ?? people.find(people.app.botUserId)?.name,
      bot_user_id: people.app.botUserId,
      commands: people.app.commands.map((command) => ({
        command: command.command,
        description: command.description ?? '',
        usage_hint: command.usageHint ?? '',
      })),
      shortcuts: (people.app.shortcuts ?? []).map(({ callbackId, name }) => ({
        callback_id: callbackId,
        name,
      })),
    },
    users: people.all().map((user) => ({
      ...userObject(user, workspace.team.id),
      title: user.title ?? '',
      presence: user.presence ?? 'active',
    })),
    usergroups: people.usergroups,
    channels: workspace.channels.all().map((channel) => ({
      ...channelObject(channel, '', workspace.team.id),
      kind: channel.kind,
      members: [...channel.members],
    })),
    files: [...workspace.files.values()],
  };
}

/** A message for a reader: Slack's own fields, its words as `plain`, and who alone sees it. */
export function readMessage(workspace: Workspace, channel: string, message: Message) {
  return {
    ...workspace.messages.read(channel, message),
    channel,
    plain: renderMessageText(message, namesOf(workspace)),
    permalink: permalinkOf(workspace, channel, message),
  };
}

/** Top-level messages of a channel, oldest first, with the ephemerals `user` sees there. */
export function readChannel(workspace: Workspace, channel: string, user: string | undefined) {
  const ephemerals =
    user === undefined
      ? []
      : workspace.messages.listEphemerals(user, channel).filter((message) => message.thread_ts === undefined);
  return [...workspace.messages.listTop(channel), ...ephemerals]
    .sort(byTs)
    .map((message) => readMessage(workspace, channel, message));
}

/** A thread with its parent first; `null` when there is no such message. */
export function readThread(workspace: Workspace, channel: string, ts: string, user: string | undefined) {
  const parent = workspace.messages.find(channel, ts);
  if (parent === undefined) return null;
  const ephemerals =
    user === undefined
      ? []
      : workspace.messages.listEphemerals(user, channel).filter((message) => message.thread_ts === ts);
  return [parent, ...[...workspace.messages.listReplies(channel, ts), ...ephemerals].sort(byTs)].map(
    (message) => readMessage(workspace, channel, message),
  );
}

export function readEphemerals(workspace: Workspace, user: string) {
  return workspace.messages
    .listEphemerals(user)
    .map((message) => readMessage(workspace, message.channel, message));
}

/** Open modals, bottom first. */
export function readViews(workspace: Workspace, user: string) {
  return workspace.views.stackOf(user).map((view) => viewOutput(workspace, view));
}

export function readHome(workspace: Workspace, user: string) {
  const view = workspace.views.homeOf(user);
  return view === undefined ? null : viewOutput(workspace, view);
}

function namesOf(workspace: Workspace): Names {
  return {
    user: (id) => workspace.people.find(id)?.name,
    channel: (id) => workspace.channels.find(id)?.name,
    usergroup: (id) => workspace.people.usergroups.find((group) => group.id === id)?.handle,
  };
}

function byTs(a: Message, b: Message): number {
  return a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0;
}
