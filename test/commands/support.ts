import type { ModalView } from '@slack/types';
import type { CommandDeps } from '../../commands/deps.ts';
import { createListeners } from '../../commands/index.ts';
import type { Clock } from '../../src/aurora/clock.ts';
import { AuroraError } from '../../src/aurora/errors.ts';
import { backupCraft } from '../../src/cli/backup-craft.ts';
import type { ClusterAccess } from '../../src/restore/ports.ts';
import type { RestoreService } from '../../src/restore/service/service.ts';
import type { Message } from '../../src/slack/blocks.ts';
import type { Conversation, Triggered } from '../../src/slack/conversation.ts';
import { createSeals } from '../../src/slack/sealed.ts';
import { fleetOf } from '../slack/support/fleet.ts';
import { textsOf } from '../slack/support/rendered.ts';

/** It stands still, a quarter of an hour after the recorded backup. */
const clock: Clock = {
  now: () => Date.parse('2026-11-23T16:44:00Z'),
  sleep: () => new Promise(() => undefined),
};

/** What commands are given, over one cluster in which no restore goes on. */
export function depsOver(access: ClusterAccess, changes: Partial<CommandDeps> = {}): CommandDeps {
  const clusters = new Map([[access.cluster.name, access]]);
  return {
    service: {
      list: () => Promise.resolve({ restores: [], ended: [], unreadable: [] }),
      mayPropose: () => Promise.resolve(null),
    } as Pick<RestoreService, 'list' | 'mayPropose'> as RestoreService,
    journal: { read: () => Promise.resolve([]) },
    clusters,
    ...fleetOf(clusters, clock),
    craft: backupCraft,
    outbox: {
      findRestore: () => Promise.resolve(null),
      linkOf: () => Promise.resolve(null),
      shutOutOf: () => null,
      hasOffered: () => Promise.resolve(false),
    },
    seals: createSeals({ key: new Uint8Array(32), clock }),
    places: { judge: () => Promise.resolve(null) },
    clock,
    ...changes,
  };
}

type Answered = Message[] | string;

/** What Ana is told when she types it in the channel: the messages, or the sentence and hint of an error. */
export async function type(deps: CommandDeps, text: string, channel = 'C0OPS'): Promise<Answered> {
  return await answered(
    { userId: 'U0ANA', channel },
    async (conversation) => await createListeners(deps).commands['/aurora']?.({ ...conversation, text }),
  );
}

const bo = { userId: 'U0BO', channel: 'C0OPS' };

/** What Bo is told when he presses a button of a message in the channel. */
export async function press(deps: CommandDeps, actionId: string, value: string): Promise<Answered> {
  return await answered(bo, (conversation) => pressIn(deps, conversation, { actionId, value }));
}

async function pressIn(
  deps: CommandDeps,
  conversation: Conversation & Triggered,
  pressed: { actionId: string; value: string },
): Promise<void> {
  const message = { channel: 'C0OPS', ts: '1' };
  await createListeners(deps).presses[pressed.actionId]?.({
    ...conversation,
    ...pressed,
    message,
    inModal: null,
  });
}

/** The form that opens when Bo presses a button, and what is told when he sends it off as it is; `by` sends it in his place. */
export async function approve(
  deps: CommandDeps,
  actionId: string,
  { value, by = 'U0BO' }: { value: string; by?: string },
): Promise<{ form: ModalView; sent: Answered }> {
  const forms: ModalView[] = [];
  const pressed = await answered(bo, (conversation) => {
    const show = (view: ModalView) => {
      forms.push(view);
      return conversation.show(view);
    };
    return pressIn(deps, { ...conversation, show }, { actionId, value });
  });
  const [form] = forms;
  if (form === undefined) throw new Error(`no form: ${JSON.stringify(pressed)}`);
  const metadata = form.private_metadata ?? '';
  const sent = await answered({ ...bo, userId: by }, async (conversation) => {
    const submission = { ...conversation, metadata, values: {}, chosen: {} };
    await createListeners(deps).submissions[form.callback_id ?? '']?.(submission);
  });
  return { form, sent };
}

/** The value of the only button in what was told. */
export function valueIn(told: Answered): string {
  const [, value = ''] = /"value":("(?:[^"\\]|\\.)*")/.exec(JSON.stringify(told)) ?? [];
  return String(JSON.parse(value));
}

async function answered(
  who: { userId: string; channel: string },
  act: (conversation: Conversation & Triggered) => Promise<void>,
): Promise<Answered> {
  const told: Message[] = [];
  const tell = (message: Message): Promise<void> => {
    told.push(message);
    return Promise.resolve();
  };
  const show = () => Promise.resolve({ fill: () => Promise.resolve() });
  try {
    await act({ ...who, threadTs: null, tell, share: tell, show });
    return told;
  } catch (error) {
    if (!(error instanceof AuroraError)) throw error;
    return `${error.message} ${error.hint}`;
  }
}

/** A form as a person reads it. */
export function readForm({ title, blocks, submit }: ModalView): string {
  const said = textsOf({ text: title.text, blocks });
  return [...said, `[${submit?.text ?? ''}]`].join('\n\n');
}

/** As a person reads it who is in UTC, a paragraph a block. */
export function readAloud(messages: Answered): string {
  if (typeof messages === 'string') return `${messages}\n`;
  const text = messages.flatMap((message) => textsOf(message).slice(1)).join('\n\n');
  return `${text.replace(/<!date\^[^|]*\|([^>]*)>/g, '$1')}\n`;
}
