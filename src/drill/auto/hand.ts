/**
 * A person without a screen: types, presses and submits through the local Slack's control API, and waits for what
 * appears there. Nothing of the bot is called; what a hand cannot see, a story does not know.
 */
import { z } from 'zod';
import { AuroraError } from '../../aurora/errors.ts';
import type { SignForm } from '../signing/sign-form.ts';

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

const longPollMs = 500;
/** A person presses again after about this long. */
const patienceMs = 6_000;

export class SlackHand {
  readonly #url: string;
  readonly #limitMs: number;
  readonly #signal: AbortSignal;
  readonly #signForm: SignForm | null;

  /**
   * `url` is the local Slack's; nothing is waited for longer than `limitMs`, or beyond `signal`. With `signForm` the person signs
   * what a form asks a signature for.
   */
  constructor(options: {
    url: string;
    limitMs: number;
    signal?: AbortSignal;
    signForm?: SignForm | undefined;
  }) {
    this.#url = options.url;
    this.#limitMs = options.limitMs;
    this.#signal = options.signal ?? new AbortController().signal;
    this.#signForm = options.signForm ?? null;
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

  /**
   * Does something and waits for what should come of it; does it again when nothing came for a while, as a person
   * would. What was seen before it was done is not taken for its result.
   */
  async insist<T>(what: {
    what: string;
    act: () => Promise<void>;
    look: () => Promise<T | null>;
  }): Promise<T> {
    const giveUpAt = Date.now() + this.#limitMs;
    for (;;) {
      await what.act().catch((error: unknown) => {
        if (Date.now() >= giveUpAt || !(error instanceof AuroraError)) throw error;
      });
      const found = await this.#lookFor(what.look, Math.min(patienceMs, giveUpAt - Date.now()));
      if (found !== null) return found;
      if (Date.now() >= giveUpAt) throw this.#inVain(what.what);
    }
  }

  /** Waits for the newest message with this button, the card mostly, and presses it; confirm dialogs are confirmed. */
  async pressIn(what: { user: string; card: SeenMessage; actionId: string }): Promise<void> {
    const { user, card, actionId } = what;
    const message = await this.untilInThread(card, `the button ${actionId}`, (candidate) =>
      hasButton(candidate, actionId),
    );
    await this.press({ user, message, actionId });
  }

  /** Presses a button of this message; confirm dialogs are confirmed. */
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

  /** Waits until something happens in the workspace, up to so long. */
  async untilSomething(ms: number): Promise<void> {
    const { next } = z
      .object({ next: z.number() })
      .parse(await this.#get('events?after=0&timeout_ms=0&types=none'));
    await this.#get(`events?after=${next}&timeout_ms=${ms}&types=message_posted,message_updated`);
  }

  /** Waits for the form to open and submits it. A refusal comes instead of a form; then there is nothing to submit. */
  async submitForm(what: { user: string; form: string; values: Record<string, unknown> }): Promise<void> {
    const { user, form, values } = what;
    const open = await this.#lookFor(async () => {
      const { views } = z
        .object({ views: z.array(viewSchema) })
        .parse(await this.#get(`users/${user}/views`));
      return views.find((view) => view.callback_id === form) ?? null;
    }, patienceMs);
    if (open === null) return;
    const signed = (await this.#signForm?.({ user, blocks: open.blocks, values })) ?? { values: {} };
    if (signed === 'on the page') await this.#post('close', { user, view_id: open.id });
    else await this.#post('submit', { user, view_id: open.id, values: { ...values, ...signed.values } });
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

  async #until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
    const found = await this.#lookFor(look, this.#limitMs);
    if (found === null) throw this.#inVain(what);
    return found;
  }

  /** Looks, and looks again after each thing that happens in the workspace; `null` when the time is over. */
  async #lookFor<T>(look: () => Promise<T | null>, ms: number): Promise<T | null> {
    const deadline = AbortSignal.timeout(Math.max(1, ms));
    const feed = z.object({ next: z.number() });
    for (;;) {
      const { next } = feed.parse(await this.#get('events?after=0&timeout_ms=0&types=none'));
      const found = await look();
      if (found !== null || deadline.aborted) return found;
      await this.#get(`events?after=${next}&timeout_ms=${longPollMs}`);
    }
  }

  #inVain(what: string): AuroraError {
    return new AuroraError({
      code: 'drill-waited-too-long',
      message: `The drill gave up waiting for ${what} after ${Math.round(this.#limitMs / 1000)} s.`,
      hint: "Look at the card in the local Slack and at bot.log and the agents' logs in the drill's directory.",
    });
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
      signal: AbortSignal.any([AbortSignal.timeout(this.#limitMs), this.#signal]),
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
