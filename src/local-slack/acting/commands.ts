import { AuroraError } from '../../aurora/errors.ts';
import type { Ack } from '../delivery/delivery.ts';
import type { Dispatcher } from '../delivery/dispatcher.ts';
import type { LocalUser } from '../options.ts';
import { slashCommandPayload } from '../payloads.ts';
import { SlackRefusal } from '../refusal.ts';
import { answerSchema, postAnswer, readAnswer } from '../response-urls.ts';
import type { Channel } from '../state/channels.ts';
import type { Workspace } from '../state/workspace.ts';
import { escapeTyped } from './escape-typed.ts';

/** How the app took a command; `error` is what the person is shown when it did not. */
export interface CommandResult {
  readonly kind: 'command';
  readonly command: string;
  readonly error: string | null;
}

/** Sends a slash command and shows what came back, or the error Slack shows when nothing did (slack.md 1.6, 4.6). */
export async function runCommand(
  { workspace, dispatcher }: { workspace: Workspace; dispatcher: Dispatcher },
  typed: { user: LocalUser; channel: Channel; text: string; threadTs: string | undefined },
): Promise<CommandResult> {
  const [name = '', ...rest] = typed.text.split(' ');
  if (typed.threadTs !== undefined)
    throw new AuroraError({
      code: 'no-commands-in-threads',
      message: `${name} cannot be used in a thread.`,
      hint: 'Type it in the channel; in a thread, press a button or mention the app.',
    });
  const command = workspace.people.app.commands.find((candidate) => candidate.command === name);
  if (command === undefined)
    throw new AuroraError({
      code: 'unknown-command',
      message: `${name} is not a command of this workspace.`,
      hint: `It has ${workspace.people.app.commands.map((known) => known.command).join(', ') || 'none'}.`,
    });
  if (typed.user.teamId !== undefined && typed.user.teamId !== workspace.team.id)
    throw new AuroraError({
      code: 'external-person',
      message: `${typed.user.name} belongs to another workspace and has no commands here.`,
      hint: 'Only members of the installing workspace can type a command.',
    });
  const argument = rest.join(' ').trim();
  const text = command.shouldEscape === false ? argument : escapeTyped(workspace, argument);
  const payload = slashCommandPayload(workspace, { ...typed, name, text });
  const ack = await dispatcher.ask('slash_commands', payload, `${name} ${text}`.trim());
  const error = ack.kind === 'acked' ? showAnswer(workspace, typed, ack.body) : errorOf(ack);
  if (error !== null)
    workspace.showEphemeral(typed.channel.id, typed.user.id, 'slackbot', {
      text: `\`${name}\` failed with the error \`${error}\``,
    });
  workspace.feed.append({
    type: 'command_response',
    user: typed.user.id,
    channel: typed.channel.id,
    command: name,
    text,
    ...(error === null ? {} : { error }),
  });
  return { kind: 'command', command: name, error };
}

function showAnswer(
  workspace: Workspace,
  typed: { user: LocalUser; channel: Channel },
  body: unknown,
): string | null {
  const parsed = answerSchema.safeParse(body ?? {});
  if (!parsed.success) return 'invalid_command_response';
  const answer = parsed.data;
  if (answer.text === undefined && answer.blocks === undefined) return null;
  try {
    const target = { user: typed.user.id, channel: typed.channel.id };
    postAnswer(workspace, target, answer, readAnswer(workspace, answer));
    return null;
  } catch (error) {
    if (error instanceof SlackRefusal) return [error.code, ...error.messages].join(' ');
    throw error;
  }
}

function errorOf(ack: Exclude<Ack, { kind: 'acked' }>): string {
  return ack.kind === 'timed_out' ? 'operation_timeout' : 'dispatch_failed';
}
