/**
 * A person without a screen: types, presses and submits through the local Slack's control API, and waits for what
 * appears there. Nothing of the bot is called; what a hand cannot see, a story does not know.
 */
import { z } from 'zod';
import { AuroraError } from '../../aurora/errors.ts';

const messageSchema = z.looseObject({
  ts: z.string(),
  thread_ts: z.string().optional(),
  channel: z.string(),
  user: z.string().optional(),
  plain: z.string(),
  blocks: z.array(z.looseObject({ type: z.string() })).optional(),
  ephemeral_to: z.string().optional(),
});
export type SeenMessage = z.infer<typeof messageSchema>;

const viewSchema = z.looseObject({
  id: z.string(),
  callback_id: z.string().default(''),
  hash: z.string().optional(),
  blocks: z.array(z.looseObject({ type: z.string() })),
});
export type SeenView = z.infer<typeof viewSchema>;

const longPollMs = 1_000;

export class SlackHand {
  readonly #url: string;
  readonly #limitMs: number;

  /** `url` is the local Slack's; nothing is waited for longer than `limitMs`. */
  constructor(options: { url: string; limitMs: number }) {
    this.#url = options.url;
    this.#limitMs = options.limitMs;
  }

  /** Types into the composer of a channel, or of a thread. */
  async type(what: { user: string; channel: string; text: string; threadTs?: string }): Promise<void> {
    const { user, channel, text, threadTs } = what;
    await this.#post('type', {
      user,
      channel,
      text,
      ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    });
  }

  /** Presses a button of a message; confirm dialogs are confirmed. */
  async press(what: { user: string; message: SeenMessage; actionId: string }): Promise<void> {
    const { user, message, actionId } = what;
    await this.#post('press', {
      user,
      channel: message.channel,
      ts: message.ts,
      action_id: actionId,
      confirmed: true,
    });
  }

  /** Fills in and submits the modal that is open for `user`; values by block id, then action id. */
  async submit(what: { user: string; values: Record<string, unknown> }): Promise<void> {
    await this.#post('submit', what);
  }

  async close(user: string): Promise<void> {
    await this.#post('close', { user, all: true });
  }

  /** Waits for the modal with this callback id to be open for `user`. */
  async untilView(
    user: string,
    callbackId: string,
    isReady: (view: SeenView) => boolean = () => true,
  ): Promise<SeenView> {
    return await this.#until(`the modal ${callbackId} of ${user}`, async () => {
      const { views } = z
        .object({ views: z.array(viewSchema) })
        .parse(await this.#get(`users/${user}/views`));
      return views.find((view) => view.callback_id === callbackId && isReady(view)) ?? null;
    });
  }

  /** Waits for a message that `user` alone sees, newer than those in `after`. */
  async untilEphemeral(
    user: string,
    what: string,
    isIt: (message: SeenMessage) => boolean,
  ): Promise<SeenMessage> {
    return await this.#until(what, async () => (await this.readEphemerals(user)).findLast(isIt) ?? null);
  }

  async untilInChannel(
    channel: string,
    what: string,
    isIt: (message: SeenMessage) => boolean,
  ): Promise<SeenMessage> {
    return await this.#until(what, async () => (await this.readChannel(channel)).findLast(isIt) ?? null);
  }

  async untilInThread(
    parent: SeenMessage,
    what: string,
    isIt: (message: SeenMessage) => boolean,
  ): Promise<SeenMessage> {
    return await this.#until(what, async () => (await this.readThread(parent)).findLast(isIt) ?? null);
  }

  async readChannel(channel: string): Promise<SeenMessage[]> {
    return parseMessages(await this.#get(`channels/${channel}/messages`));
  }

  async readThread(parent: SeenMessage): Promise<SeenMessage[]> {
    return parseMessages(await this.#get(`channels/${parent.channel}/threads/${parent.ts}`));
  }

  async readEphemerals(user: string): Promise<SeenMessage[]> {
    return parseMessages(await this.#get(`users/${user}/ephemerals`));
  }

  /** Looks, and looks again after each thing that happens in the workspace. */
  async #until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
    const deadline = AbortSignal.timeout(this.#limitMs);
    const feed = z.object({ next: z.number() });
    for (let after = 0; ; ) {
      const { next } = feed.parse(await this.#get(`events?after=0&timeout_ms=0&types=none`));
      after = next;
      const found = await look();
      if (found !== null) return found;
      if (deadline.aborted) {
        throw new AuroraError({
          code: 'drill-waited-too-long',
          message: `The drill waited ${Math.round(this.#limitMs / 1000)} s for ${what}, in vain.`,
          hint: "Look at the card in the local Slack and at bot.log and the agents' logs in the drill's directory.",
        });
      }
      await this.#get(`events?after=${after}&timeout_ms=${longPollMs}`);
    }
  }

  async #get(path: string): Promise<unknown> {
    return await this.#send(path, {});
  }

  async #post(path: string, body: unknown): Promise<unknown> {
    return await this.#send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  async #send(path: string, init: RequestInit): Promise<unknown> {
    const response = await fetch(`${this.#url}/control/${path}`, {
      ...init,
      signal: AbortSignal.timeout(this.#limitMs),
    });
    const body: unknown = await response.json();
    if (response.ok) return body;
    throw new AuroraError({
      code: 'drill-hand-refused',
      message: `The local Slack did not take ${path}: ${JSON.stringify(body).slice(0, 300)}`,
      hint: 'The story and the messages of the bot do not fit each other.',
    });
  }
}

function parseMessages(body: unknown): SeenMessage[] {
  return z.object({ messages: z.array(messageSchema) }).parse(body).messages;
}

/** True when the message has a button with this action id. */
export function hasButton(message: SeenMessage, actionId: string): boolean {
  return JSON.stringify(message.blocks ?? []).includes(`"action_id":"${actionId}"`);
}
