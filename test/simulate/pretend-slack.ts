/** The local Slack's own methods behind the product's own client, without a socket between them; it can fail in every way. */

import type { Clock } from '../../src/aurora/clock.ts';
import { Arguments } from '../../src/local-slack/api/arguments.ts';
import { methodCatalog } from '../../src/local-slack/api/catalog.ts';
import { Uploads } from '../../src/local-slack/api/files.ts';
import { SlackRefusal } from '../../src/local-slack/refusal.ts';
import type { Message, MessageMetadata } from '../../src/local-slack/state/entities.ts';
import { Workspace } from '../../src/local-slack/state/workspace.ts';
import { createBoltLogger } from '../../src/slack/bolt-logger.ts';
import { PostingClient } from '../../src/slack/posting-client.ts';
import { allScopes, appToken, botToken, signingSecret } from '../local-slack/world.ts';

/** `lost-answer`: it is carried out, and nobody hears of it. */
type SlackMood = 'up' | 'down' | 'busy' | 'broken' | 'lost-answer';

export class PretendSlack {
  readonly #workspace: Workspace;
  readonly #methods;
  readonly #uploads = new Uploads();
  mood: SlackMood = 'up';
  /** Told of each message of the bot's, once Slack shows it. */
  onShown: (shown: { key: string; text: string }) => void = () => undefined;

  constructor(clock: Clock, channel: string) {
    this.#workspace = new Workspace({
      port: 0,
      team: { id: 'T1', name: 'Acme', domain: 'acme' },
      users: ['ana', 'bo', 'cy', 'dee'].map((name) => ({ id: `U${name.toUpperCase()}`, name })),
      channels: [{ id: channel, name: 'aurora-ops', members: ['UANA', 'UBO', 'UCY', 'U0BOT'] }],
      app: {
        appId: 'A1',
        botUserId: 'U0BOT',
        botToken,
        appToken,
        signingSecret,
        commands: [],
        scopes: allScopes,
      },
      delivery: { kind: 'socket' },
      clock,
      rules: { rateScale: 1000 },
    });
    this.#workspace.baseUrl = 'http://127.0.0.1';
    this.#methods = methodCatalog(this.#uploads);
  }

  /** Of one process; `life` stands between it and Slack. */
  connect(around: { clock: Pick<Clock, 'now'>; fetch: typeof fetch }): PostingClient {
    const log = (): void => undefined;
    return new PostingClient(
      botToken,
      { clock: around.clock, log },
      {
        fetch: around.fetch,
        logger: createBoltLogger(log),
        slackApiUrl: 'http://127.0.0.1/api/',
      },
    );
  }

  /** What its client calls, and what uploads go to. */
  readonly fetch: typeof fetch = async (input, init) => {
    await Promise.resolve();
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const mood = this.mood;
    if (mood === 'down') throw new TypeError('fetch failed');
    if (mood === 'busy') return new Response('{}', { status: 429, headers: { 'retry-after': '10' } });
    if (mood === 'broken') return new Response('{}', { status: 503 });
    const answer = this.#answer(pathname, init?.body);
    if (mood === 'lost-answer') throw new TypeError('fetch failed');
    return new Response(answer, { status: 200 });
  };

  /** Every message of the bot's in a channel and its threads, oldest first. */
  messages(channel: string): readonly Message[] {
    const { messages } = this.#workspace;
    return messages
      .listTop(channel)
      .flatMap((top) => [top, ...messages.listReplies(channel, top.ts).filter(({ ts }) => ts !== top.ts)]);
  }

  #answer(pathname: string, body: unknown): string {
    const upload = /^\/upload\/(.+)$/.exec(pathname)?.[1];
    if (upload !== undefined) return this.#uploads.receive(upload, body as Uint8Array);
    const name = pathname.replace('/api/', '');
    const args = new Arguments(new Map(new URLSearchParams(String(body))));
    try {
      const method = this.#methods.get(name);
      if (method === undefined) throw new SlackRefusal('unknown_method');
      const answer = method.run({
        args,
        workspace: this.#workspace,
        issueSocketUrl: () => '',
        requireScope: () => undefined,
      });
      if (name === 'chat.postMessage' || name === 'chat.update') {
        const key = keyOf(args.metadata(this.#workspace.rules) ?? undefined) ?? '';
        this.onShown({ key, text: args.optional('text') ?? '' });
      }
      return JSON.stringify({ ok: true, ...answer });
    } catch (error) {
      if (!(error instanceof SlackRefusal)) throw error;
      return JSON.stringify({ ok: false, error: error.code });
    }
  }
}

/** What a message of the bot's is known by; `null` for any other. */
export function keyOf(metadata: MessageMetadata | undefined): string | null {
  const key = metadata?.event_payload['key'];
  return typeof key === 'string' ? key : null;
}
