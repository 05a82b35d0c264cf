/** A local Slack with the scopes of our manifest, a real store, and what reads a channel the way a person would. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { LocalSlack } from '../../../src/local-slack/local-slack.ts';
import { eventForm, type RestoreEvent } from '../../../src/restore/record/events.ts';
import type { Log } from '../../../src/slack/log.ts';
import { openSqliteStore, type Store } from '../../../src/store/store.ts';
import {
  appToken,
  botToken,
  control,
  movableClock,
  signingSecret,
  startWorld,
} from '../../local-slack/world.ts';
import { testKey } from '../../support/journal-key.ts';

const manifestSchema = z.object({
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
});

export interface SlackWorld {
  readonly slack: LocalSlack;
  readonly store: Store<RestoreEvent>;
  /** Its file. */
  readonly database: string;
  readonly clock: ReturnType<typeof movableClock>;
  readonly log: Log;
  /** Lines that were logged, for tests of what a person on call would read. */
  readonly logged: { level: string; text: string; fields: object }[];
  /** Cards and channel messages, oldest first, as words. */
  channelTexts(): Promise<string[]>;
  /** Replies under the first message of the app. */
  threadTexts(): Promise<string[]>;
  close(): Promise<void>;
}

/** What the app may do, from the file people install it with. */
export async function manifestScopes(): Promise<string[]> {
  const text = await readFile(join(import.meta.dirname, '../../../manifest.yml'), 'utf8');
  return manifestSchema.parse(parse(text)).oauth_config.scopes.bot;
}

export async function startSlackWorld(
  changes: Parameters<typeof startWorld>[0] & { without?: readonly string[] } = {},
): Promise<SlackWorld> {
  const { without = [], ...options } = changes;
  const clock = movableClock();
  const slack = await startWorld({
    app: {
      appId: 'A0AURORA',
      name: 'Aurora',
      botUserId: 'U0BOT',
      botToken,
      appToken,
      signingSecret,
      commands: [{ command: '/aurora' }],
      scopes: (await manifestScopes()).filter((scope) => !without.includes(scope)),
      events: ['app_home_opened', 'app_mention', 'message.channels'],
      shortcuts: [{ callbackId: 'mark-important', name: 'Mark as important for the record' }],
    },
    clock,
    rules: { rateScale: 1000 },
    ...options,
  });
  const directory = await mkdtemp(join(tmpdir(), 'slack-world-'));
  const database = join(directory, 'bot.sqlite');
  const store = await openSqliteStore(database, { form: eventForm, key: testKey });
  const logged: SlackWorld['logged'] = [];
  const messages = z.object({
    messages: z.array(z.object({ ts: z.string(), plain: z.string(), user: z.string().optional() })),
  });
  const channel = async () =>
    messages
      .parse(await control(slack, 'channels/C0OPS/messages'))
      .messages.filter(({ user }) => user === 'U0BOT');
  return {
    slack,
    store,
    database,
    clock,
    logged,
    log: (level, fields, text) => logged.push({ level, text, fields }),
    channelTexts: async () => (await channel()).map((message) => message.plain),
    threadTexts: async () => {
      const [first] = await channel();
      if (first === undefined) return [];
      const answer = await control(slack, `channels/C0OPS/threads/${first.ts}`);
      return messages
        .parse(answer)
        .messages.slice(1)
        .map((message) => message.plain);
    },
    close: async () => {
      await slack.close();
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** Waits for a condition of the outside world, at most ten seconds. */
export async function until<T>(
  look: () => Promise<T | null | false> | T | null | false,
  what: string,
): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Writes a story into the journal as the worker would, one event an append. */
export async function write(
  store: Store<RestoreEvent>,
  events: readonly RestoreEvent[],
  from: { afterSeq?: number; at: number },
): Promise<void> {
  const { at, afterSeq = 0 } = from;
  for (const [index, event] of events.entries()) {
    const seq = afterSeq + index;
    if (seq === 0) await store.open({ restoreId: 'R1', cluster: 'east', at, event });
    else
      await store.append({
        restoreId: 'R1',
        expectedSeq: seq,
        at,
        events: [event],
        ends: event.type === 'restore-ended',
      });
  }
}
