/** People in the local Slack, through its control API alone: what they do, and what they then see. */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { incidentChannel } from '../../../src/drill/world/cast.ts';

const messageSchema = z.looseObject({
  ts: z.string(),
  channel: z.string(),
  plain: z.string(),
  text: z.string().optional(),
  blocks: z.array(z.unknown()).default([]),
});
export type SeenMessage = z.infer<typeof messageSchema>;

const viewSchema = z.looseObject({
  id: z.string(),
  callback_id: z.string().default(''),
  blocks: z.array(z.unknown()),
});
type SeenView = z.infer<typeof viewSchema>;

const channel = incidentChannel.id;
const limitMs = 60_000;
const lookEveryMs = 30;

export class SlackPeople {
  readonly #url: string;

  /** `url` is the local Slack's. */
  constructor(url: string) {
    this.#url = url;
  }

  /** Looks until it is so; throws after a minute. */
  async until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
    const deadline = Date.now() + limitMs;
    for (;;) {
      const found = await look();
      if (found !== null) return found;
      if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
      await pause(lookEveryMs);
    }
  }

  async type(user: string, text: string, threadTs?: string): Promise<void> {
    const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
    await this.post('type', { user, channel, text, ...thread });
  }

  /** Does it, and answers the words of the next message that this person alone sees. */
  async answerTo(user: string, act: () => Promise<unknown>): Promise<string> {
    const before = (await this.ephemerals(user)).length;
    await act();
    return await this.until(`an answer to ${user}`, async () => {
      const seen = (await this.ephemerals(user)).slice(before);
      return seen[0]?.plain ?? null;
    });
  }

  /** The answer to a command, seen by whoever typed it. */
  async command(user: string, text: string): Promise<string> {
    return await this.answerTo(user, () => this.type(user, text));
  }

  /** Waits for the newest message of the thread with this button. */
  async untilButton(card: SeenMessage, actionId: string): Promise<SeenMessage> {
    return await this.until(`the button ${actionId}`, async () => {
      const thread = await this.thread(card);
      return thread.findLast((message) => hasButton(message, actionId)) ?? null;
    });
  }

  async press(user: string, card: SeenMessage, actionId: string): Promise<void> {
    const { ts } = await this.untilButton(card, actionId);
    await this.post('press', { user, channel, ts, action_id: actionId, confirmed: true });
  }

  async untilForm(user: string, callbackId: string): Promise<SeenView> {
    return await this.until(`the form ${callbackId}`, async () => {
      const { views } = z.object({ views: z.array(viewSchema) }).parse(await this.get(`users/${user}/views`));
      return views.findLast((view) => view.callback_id === callbackId) ?? null;
    });
  }

  async submit(user: string, view: SeenView, values: Record<string, unknown>, more = {}): Promise<unknown> {
    return await this.post('submit', { user, view_id: view.id, values, ...more });
  }

  /** Presses a button that opens a form, and sends the form off. */
  async decide(
    user: string,
    card: SeenMessage,
    decision: { actionId: string; form: string; values: Record<string, unknown> },
  ): Promise<void> {
    await this.press(user, card, decision.actionId);
    await this.submit(user, await this.untilForm(user, decision.form), decision.values);
  }

  async openProposal(user: string): Promise<SeenView> {
    await this.type(user, '/aurora restore');
    return await this.untilForm(user, 'propose-restore');
  }

  /** Proposes a restore and waits for its card and for the question whether to stop. */
  async propose(
    user: string,
    values: Record<string, unknown> = { reason: 'replicated log corrupt' },
  ): Promise<SeenMessage> {
    const before = (await this.cards()).length;
    const answer = await this.submit(user, await this.openProposal(user), values);
    z.object({ result: z.object({ kind: z.literal('closed') }) }).parse(answer);
    const card = await this.until('the card', async () => (await this.cards())[before] ?? null);
    await this.untilButton(card, 'approve-stop');
    return card;
  }

  /** Cards of restores, oldest first. */
  async cards(): Promise<SeenMessage[]> {
    return (await this.messages()).filter((message) => message.plain.startsWith('Restore of'));
  }

  async untilEnded(card: SeenMessage): Promise<SeenMessage> {
    return await this.until('the end of the restore', async () => {
      const [first] = await this.thread(card);
      return first?.plain.includes('Ended at') === true ? first : null;
    });
  }

  /** The newest message of the channel itself. */
  async lastInChannel(after: SeenMessage): Promise<SeenMessage> {
    return await this.until('a message after the card', async () => {
      return (await this.messages()).findLast((message) => message.ts > after.ts) ?? null;
    });
  }

  async untilInThread(card: SeenMessage, words: string): Promise<SeenMessage> {
    return await this.until(`"${words}" in the thread`, async () => {
      return (await this.thread(card)).findLast((message) => message.plain.includes(words)) ?? null;
    });
  }

  async messages(): Promise<SeenMessage[]> {
    return parseMessages(await this.get(`channels/${channel}/messages`));
  }

  async thread(card: SeenMessage): Promise<SeenMessage[]> {
    return parseMessages(await this.get(`channels/${channel}/threads/${card.ts}`));
  }

  async ephemerals(user: string): Promise<SeenMessage[]> {
    return parseMessages(await this.get(`users/${user}/ephemerals`));
  }

  async faults(request: Record<string, unknown>): Promise<void> {
    await this.post('faults', request);
  }

  async get(path: string): Promise<unknown> {
    return await read(await fetch(`${this.#url}/control/${path}`));
  }

  async post(path: string, body: unknown): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    return await read(
      await fetch(`${this.#url}/control/${path}`, { method: 'POST', headers, body: JSON.stringify(body) }),
    );
  }
}

async function read(response: Response): Promise<unknown> {
  const body: unknown = await response.json();
  if (!response.ok) throw new Error(`the local Slack refused: ${JSON.stringify(body)}`);
  return body;
}

function parseMessages(body: unknown): SeenMessage[] {
  return z.object({ messages: z.array(messageSchema) }).parse(body).messages;
}

export function hasButton(message: SeenMessage, actionId: string): boolean {
  return JSON.stringify(message.blocks).includes(`"action_id":"${actionId}"`);
}
