/** How the bot takes what people do, in front of listeners that do nothing: Bolt, our reception, the inbox. */
import type { Inbox } from '../../../src/aurora/outbox.ts';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import { createSlackApp } from '../../../src/slack/app.ts';
import { botToken, signingSecret } from '../../local-slack/world.ts';

/** The port that it listens on. */
export async function startReception(inbox: Inbox, apiUrl: string): Promise<number | null> {
  const app = createSlackApp({
    mode: { kind: 'http', signingSecret, address: '127.0.0.1', port: 0 },
    botToken,
    apiUrl,
    listeners: {
      commands: { '/aurora': () => Promise.resolve() },
      presses: {},
      submissions: {},
      searches: {},
      formChecks: {},
      shortcuts: {},
      thread: () => Promise.resolve(),
      mention: () => Promise.resolve(),
      home: () => Promise.resolve(),
    },
    inbox,
    clock: systemClock,
    log: () => undefined,
  });
  return (await app.start()).port;
}
