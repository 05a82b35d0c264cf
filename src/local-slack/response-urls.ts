import { z } from 'zod';
import { acceptBlocks } from './api/arguments.ts';
import { rewritten } from './api/chat.ts';
import { SlackRefusal } from './refusal.ts';
import type { ResponseTarget } from './state/tickets.ts';
import type { MessageContent, Workspace } from './state/workspace.ts';

/** A message as an acknowledgement of a command or a response URL carries it. */
export const answerSchema = z.looseObject({
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).optional(),
  replace_original: z.union([z.boolean(), z.literal(['true', 'false'])]).optional(),
  delete_original: z.union([z.boolean(), z.literal(['true', 'false'])]).optional(),
  thread_ts: z.string().optional(),
});
type Answer = z.infer<typeof answerSchema>;

/** What `respond()` posts: a new message (ephemeral unless asked otherwise), or a change of the one with the control. */
export function answerResponseUrl(workspace: Workspace, id: string, body: unknown): void {
  const parsed = answerSchema.safeParse(body);
  if (!parsed.success) throw new SlackRefusal('invalid_payload');
  const answer = parsed.data;
  const target = workspace.useResponseUrl(id);
  if (isTrue(answer.delete_original)) deleteOriginal(workspace, target);
  else if (isTrue(answer.replace_original)) replaceOriginal(workspace, target, readAnswer(workspace, answer));
  else
    postAnswer(workspace, { ...target, thread_ts: answer.thread_ts }, answer, readAnswer(workspace, answer));
}

/** Shows a command's answer: to the person alone, or to the channel when it says `in_channel`. */
export function postAnswer(
  workspace: Workspace,
  target: Pick<ResponseTarget, 'user' | 'channel' | 'thread_ts'>,
  answer: Answer,
  content: MessageContent,
): void {
  const placed = { ...content, threadTs: target.thread_ts };
  if (answer.response_type !== 'in_channel')
    return void workspace.showEphemeral(target.channel, target.user, 'app', placed);
  const channel = workspace.channels.find(target.channel);
  if (channel === undefined) throw new SlackRefusal('channel_not_found');
  workspace.postAsApp(channel, placed);
}

/** The words of an answer, checked as a message is. */
export function readAnswer(workspace: Workspace, answer: Answer): MessageContent {
  const given: unknown =
    typeof answer.blocks === 'string' ? (JSON.parse(answer.blocks) as unknown) : answer.blocks;
  const blocks = given === undefined ? undefined : acceptBlocks(given, workspace.rules);
  if ((answer.text ?? '') === '' && (blocks ?? []).length === 0) throw new SlackRefusal('no_text');
  return { text: answer.text ?? '', blocks };
}

function deleteOriginal(workspace: Workspace, target: ResponseTarget): void {
  const ts = target.message_ts ?? '';
  const ephemeral = workspace.messages.findEphemeral(ts);
  if (ephemeral !== undefined) workspace.dropEphemeral(ephemeral);
  else workspace.deleteMessage(target.channel, ts);
}

function replaceOriginal(workspace: Workspace, target: ResponseTarget, content: MessageContent): void {
  const ts = target.message_ts ?? '';
  const change = { text: content.text, blocks: content.blocks ?? [] };
  const ephemeral = workspace.messages.findEphemeral(ts);
  if (ephemeral !== undefined) {
    const { edited: _edited, ...message } = rewritten(workspace, ephemeral, change);
    workspace.rewriteEphemeral({ ...ephemeral, ...message, blocks: message.blocks ?? [] });
    return;
  }
  const message = workspace.messages.find(target.channel, ts);
  if (message === undefined) throw new SlackRefusal('message_not_found');
  workspace.rewrite(target.channel, rewritten(workspace, message, change));
}

function isTrue(flag: boolean | 'true' | 'false' | undefined): boolean {
  return flag === true || flag === 'true';
}
