/**
 * Bolt, and nothing but Bolt: receives what people do in Slack, acknowledges it, drops what was delivered twice, and
 * hands it to the listeners. Acknowledge first, work second; whoever did something is never left in silence.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { App, type CustomRoute, HTTPReceiver, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { askAgain } from '../aurora/ask-again.ts';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import type { Inbox } from '../aurora/outbox.ts';
import { createBoltLogger } from './bolt-logger.ts';
import type { Listeners } from './conversation.ts';
import { boundConnections, closeServer, deliveryBytesMax, httpBounds } from './http-bounds.ts';
import type { Log } from './log.ts';
import { createSlackPeople } from './people.ts';
import { Reception } from './reception.ts';
import { registerListeners } from './register.ts';
import { readSlackFailure } from './slack-failure.ts';
import { askingOptions, createAskingClient, requireLoopback } from './web-client.ts';

type SlackMode =
  /** `connections`: sockets held open at once; with two, one can be renewed without a gap. Default 2. */
  | { readonly kind: 'socket'; readonly appToken: string; readonly connections?: number }
  | {
      readonly kind: 'http';
      readonly signingSecret: string;
      /** Of this machine; nothing else is listened on. */
      readonly address: string;
      readonly port: number;
      /** Answers whatever browsers ask below `/sign`; nothing is there when absent. */
      readonly signPage?: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    };

interface SlackAppDeps {
  readonly mode: SlackMode;
  readonly botToken: string;
  /** Only for a local Slack on this machine. */
  readonly apiUrl?: string;
  readonly listeners: Listeners;
  readonly inbox: Inbox;
  readonly clock: Clock;
  readonly log: Log;
}

export interface SlackApp {
  /**
   * Resolves when Slack delivers to us; keeps trying while Slack cannot be reached. Rejects with AuroraError
   * `slack-refused` when Slack does not accept a token, `slack-address` when the HTTP mode cannot listen. `port` is where the HTTP mode listens.
   */
  start(): Promise<{ port: number | null }>;
  /** Whether Slack can deliver now: a socket is open, or the address is listened on, where Slack's silence cannot be seen. */
  hears(): boolean;
  /** Stops taking new work, finishes what is under way within ten seconds, closes. */
  stop(): Promise<void>;
}

/** Who we are in Slack, from `auth.test`. */
interface Identity {
  readonly teamId: string;
  readonly botId: string;
  readonly botUserId: string;
}

const drainMs = 10_000;
const reconnects = { retries: 100, factor: 1.3, minTimeout: 200, maxTimeout: 10_000 };

/** Builds the app; nothing is sent before `start`. */
export function createSlackApp(deps: SlackAppDeps): SlackApp {
  if (deps.apiUrl !== undefined) requireLoopback(deps.apiUrl);
  const client = createAskingClient(deps);
  const reception = new Reception({
    ...deps,
    client,
    people: createSlackPeople({ client, clock: deps.clock }),
  });
  const stopping = new AbortController();
  const sockets: SocketModeReceiver[] = [];
  let closeHttp: (() => Promise<void>) | null = null;

  const openSocket = async (identity: Identity, appToken: string): Promise<void> => {
    const receiver = new SocketModeReceiver({
      appToken,
      logger: createBoltLogger(deps.log),
      // Its own options: Socket Mode writes its retries into the object it is given (slack.md 0).
      installerOptions: { clientOptions: { ...askingOptions(deps), retryConfig: { ...reconnects } } },
    });
    sockets.push(receiver);
    const app = buildBoltApp(deps, { receiver, identity, reception });
    await app.start();
  };

  return {
    start: async () => {
      const identity = await identify(client, { ...deps, signal: stopping.signal });
      reception.ownTeam = identity.teamId;
      const { mode } = deps;
      try {
        if (mode.kind === 'socket') {
          const count = Math.min(10, Math.max(1, mode.connections ?? 2));
          await Promise.all(Array.from({ length: count }, () => openSocket(identity, mode.appToken)));
          return { port: null };
        }
        const receiver = new HTTPReceiver({
          signingSecret: mode.signingSecret,
          logger: createBoltLogger(deps.log),
          bodyLimit: deliveryBytesMax,
          customRoutes: signRoutes(mode.signPage),
        });
        buildBoltApp(deps, { receiver, identity, reception });
        const server = await receiver
          .start({ port: mode.port, host: mode.address }, httpBounds)
          .catch((cause: unknown) => {
            throw notServed(mode, cause);
          });
        boundConnections(server);
        closeHttp = () => closeServer(server, { stop: () => receiver.stop(), clock: deps.clock });
        const address = server.address();
        return { port: address !== null && typeof address === 'object' ? address.port : mode.port };
      } catch (error) {
        throw refusedBySlack(error);
      }
    },
    hears: () =>
      closeHttp !== null || sockets.some(({ client: { websocket } }) => websocket?.isActive() === true),
    stop: async () => {
      stopping.abort();
      // Acknowledgements are sent before the work begins, so nothing is owed over these sockets.
      await Promise.allSettled([...sockets.map((receiver) => receiver.client.disconnect()), closeHttp?.()]);
      closeHttp = null;
      await reception.drain(drainMs);
    },
  };
}

function signRoutes(page: Extract<SlackMode, { kind: 'http' }>['signPage']): CustomRoute[] {
  if (page === undefined) return [];
  const method = ['GET', 'HEAD', 'POST', 'OPTIONS'];
  return ['/sign', '/sign/:file', '/sign/api/:call'].map((path) => ({
    path,
    method,
    handler: (request, response) => void page(request, response),
  }));
}

/** One Bolt app over a receiver; several may share the listeners, since deliveries are told apart by the inbox. */
function buildBoltApp(
  deps: Pick<SlackAppDeps, 'botToken' | 'apiUrl' | 'log' | 'listeners'>,
  parts: { receiver: Receiver; identity: Identity; reception: Reception },
): App {
  const { receiver, identity, reception } = parts;
  const app = new App({
    receiver,
    // Our own answer instead of Bolt's: its question to Slack would end the process when it fails (slack.md 0).
    authorize: () => Promise.resolve({ botToken: deps.botToken, ...identity }),
    clientOptions: askingOptions(deps),
    convoStore: false,
    logger: createBoltLogger(deps.log),
    extendedErrorHandler: true,
  });
  app.error(async ({ error, body }: { error: Error; body: unknown }) => {
    await reception.failed(error, body);
  });
  registerListeners(app, deps.listeners, reception);
  return app;
}

async function identify(
  client: WebClient,
  deps: { clock: Clock; log: Log; signal: AbortSignal },
): Promise<Identity> {
  const answer = await askAgain(() => client.auth.test(), {
    ...deps,
    about: 'auth.test',
    everyMs: 500,
    longestMs: 30_000,
    silenceMs: Number.POSITIVE_INFINITY,
    mayPass: (error) => (readSlackFailure(error)?.kind ?? 'refused') !== 'refused',
    onSilence: (error) => deps.log('warn', { err: error }, 'Slack cannot be reached; trying again'),
  }).catch((error: unknown) => {
    throw refusedBySlack(error);
  });
  if (answer === null) throw refusedBySlack(deps.signal.reason);
  return { teamId: answer.team_id ?? '', botId: answer.bot_id ?? '', botUserId: answer.user_id ?? '' };
}

function notServed({ address, port }: { address: string; port: number }, cause: unknown): AuroraError {
  return new AuroraError({
    code: 'slack-address',
    message: `The bot cannot listen for Slack at ${address}:${port}: ${messageOf(cause)}`,
    hint: 'Choose another address in slack.address and slack.port, and point the proxy at it.',
    cause,
  });
}

function refusedBySlack(cause: unknown): AuroraError {
  if (cause instanceof AuroraError) return cause;
  const failure = readSlackFailure(cause);
  return new AuroraError({
    code: 'slack-refused',
    message:
      failure?.kind === 'refused'
        ? `Slack refused the bot: ${failure.code}.`
        : 'The bot could not be connected to Slack.',
    hint: 'Check the bot token (xoxb-), the app token (xapp-, scope connections:write) or the signing secret, and that the app is installed.',
    cause,
  });
}
