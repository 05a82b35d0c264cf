/** What somebody who types or presses is answered, by the commands themselves, over the recorded cluster. */
import type { HomeView, ModalView } from '@slack/types';
import type { CommandDeps } from '../../commands/deps.ts';
import { createListeners } from '../../commands/index.ts';
import { AuroraError } from '../../src/aurora/errors.ts';
import type { Message } from '../../src/slack/blocks.ts';
import type { Conversation, Listeners, Triggered } from '../../src/slack/conversation.ts';
import { renderFailure } from '../../src/slack/messages/refusal.ts';

/** Everything shown, in order; an error as the bot tells it. */
interface Answered {
  readonly messages: readonly Message[];
  readonly forms: readonly ModalView[];
}

export async function typed(deps: CommandDeps, text: string, channel = 'C0OPS'): Promise<Answered> {
  return await answered(deps, { userId: 'U0ANA', channel }, async (listeners, conversation) => {
    await listeners.commands['/aurora']?.({ ...conversation, text });
  });
}

/** By Ana to the bot, in a thread or in the channel itself. */
export async function mentioned(
  deps: CommandDeps,
  text: string,
  threadTs: string | null = null,
): Promise<Answered> {
  return await answered(deps, { userId: 'U0ANA', channel: 'C0OPS' }, async (listeners, conversation) => {
    await listeners.mention({ ...conversation, threadTs, text });
  });
}

/** What this person sees in the Home tab. */
export async function homeOf(deps: CommandDeps, userId: string): Promise<HomeView> {
  let shown: HomeView | null = null;
  const publish = (view: HomeView) => {
    shown = view;
    return Promise.resolve();
  };
  await createListeners(deps).home({ userId, publish });
  if (shown === null) throw new Error('nothing was published');
  return shown;
}

/** By Bo, on a message of the channel. */
export async function pressed(deps: CommandDeps, actionId: string, value: string): Promise<Answered> {
  return await answered(deps, { userId: 'U0BO', channel: 'C0OPS' }, async (listeners, conversation) => {
    const message = { channel: 'C0OPS', ts: '1' };
    await listeners.presses[actionId]?.({ ...conversation, actionId, value, message, inModal: null });
  });
}

/** Sends a form off as it is, with these values. */
export async function sent(
  deps: CommandDeps,
  form: ModalView,
  {
    userId = 'U0BO',
    channel = 'C0OPS',
    values = {},
  }: { userId?: string; channel?: string; values?: Record<string, string> } = {},
): Promise<Answered> {
  return await answered(deps, { userId, channel }, async (listeners, conversation) => {
    const metadata = form.private_metadata ?? '';
    await listeners.submissions[form.callback_id ?? '']?.({ ...conversation, metadata, values, chosen: {} });
  });
}

/** The only message of an answer. */
export async function answer(asked: Promise<Answered>): Promise<Message> {
  const [message, ...more] = (await asked).messages;
  if (message === undefined || more.length > 0)
    throw new Error(`one message is wanted, and ${more.length + 1} came`);
  return message;
}

/** The form that was shown last. */
export async function form(asked: Promise<Answered>): Promise<ModalView> {
  const { forms, messages } = await asked;
  const last = forms.at(-1);
  if (last === undefined) throw new Error(`no form came, but: ${messages.map(({ text }) => text).join(' ')}`);
  return last;
}

/** The value of the only button in it. */
export function valueIn(message: Message): string {
  const [, value = ''] = /"value":("(?:[^"\\]|\\.)*")/.exec(JSON.stringify(message)) ?? [];
  return String(JSON.parse(value));
}

async function answered(
  deps: CommandDeps,
  who: { userId: string; channel: string },
  act: (listeners: Listeners, conversation: Conversation & Triggered) => Promise<void>,
): Promise<Answered> {
  const messages: Message[] = [];
  const forms: ModalView[] = [];
  const tell = (message: Message): Promise<void> => {
    messages.push(message);
    return Promise.resolve();
  };
  const fill = (view: ModalView): Promise<void> => {
    forms.push(view);
    return Promise.resolve();
  };
  const show = async (view: ModalView) => {
    await fill(view);
    return { fill };
  };
  try {
    await act(createListeners(deps), { ...who, threadTs: null, tell, share: tell, show });
  } catch (error) {
    if (!(error instanceof AuroraError)) throw error;
    await tell(renderFailure(error, ''));
  }
  return { messages, forms };
}
