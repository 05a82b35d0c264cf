/** The bot in front of the local Slack, over either transport. */
import { randomBytes } from 'node:crypto';
import type { Watches } from '../../../commands/deps.ts';
import { createListeners } from '../../../commands/index.ts';
import type { Policy } from '../../../src/aurora/cluster.ts';
import type { Signatures } from '../../../src/aurora/signatures.ts';
import type { ClusterAccess } from '../../../src/restore/ports.ts';
import { createRestoreService, type RestoreService } from '../../../src/restore/service/service.ts';
import { createSignLinks } from '../../../src/sign-page/link.ts';
import { createSlackApp, type SlackApp } from '../../../src/slack/app.ts';
import type { Listeners } from '../../../src/slack/conversation.ts';
import { createOutbox, type Outbox } from '../../../src/slack/outbox.ts';
import { createSlackPeople } from '../../../src/slack/people.ts';
import { createPlaces } from '../../../src/slack/places.ts';
import { createSeals } from '../../../src/slack/sealed.ts';
import { createAskingClient, createPostingClient } from '../../../src/slack/web-client.ts';
import { appToken, botToken, signingSecret } from '../../local-slack/world.ts';
import { east, eastAccess } from './cluster.ts';
import { fleetOf } from './fleet.ts';
import { type SlackWorld, startSlackWorld } from './slack-world.ts';

/** What runs; the test stops the app, the outbox and the world. */
export interface Bot {
  readonly world: SlackWorld;
  readonly app: SlackApp;
  readonly outbox: Outbox;
  readonly service: RestoreService;
  readonly listeners: Listeners;
  readonly east: ClusterAccess;
  /** Where it listens; 0 over sockets. */
  readonly port: number;
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  return await new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}

/** People sign with keys of their own. */
interface Signing {
  readonly asked: NonNullable<Policy['signatures']>;
  readonly signatures: Signatures;
  readonly page: string;
}

/** The bot with its service and its outbox, without a worker: a test writes what that would. */
export async function startBot(
  kind: 'socket' | 'http',
  signing?: Signing,
  watches?: (world: SlackWorld) => Watches,
): Promise<Bot> {
  const port = kind === 'http' ? await freePort() : 0;
  const world = await startSlackWorld(
    kind === 'http' ? { delivery: { kind, url: `http://127.0.0.1:${port}/slack/events` } } : {},
  );
  const { store, clock, log } = world;
  const access = { botToken, apiUrl: world.slack.apiUrl, log, clock };
  const client = createAskingClient(access);
  const outbox = createOutbox({
    journal: store,
    ledger: store,
    documents: store,
    client: createPostingClient(access),
    clock,
    log,
    cardEditMs: 0,
    onEdited: (edited) => service.noteEdited(edited),
  });
  const policy = { ...east.policy, ...(signing && { signatures: signing.asked }) };
  const cluster = await eastAccess({ cluster: { ...east, policy } });
  const clusters = new Map([['east', cluster]]);
  const service = createRestoreService(
    {
      clock,
      journal: store,
      documents: store,
      people: createSlackPeople({ client, clock }),
      clusters,
      ...(signing && { signatures: signing.signatures }),
    },
    () => undefined,
  );
  const seals = createSeals({ key: randomBytes(32), clock });
  const listeners = createListeners({
    service,
    journal: store,
    clusters,
    ...fleetOf(clusters, clock),
    outbox,
    places: createPlaces(client),
    seals,
    clock,
    ...(watches && { watches: watches(world) }),
    ...(signing && {
      signLinks: createSignLinks({
        key: new Uint8Array(32),
        clock,
        place: { publicUrl: signing.page, page: null },
      }),
    }),
  });
  const app = createSlackApp({
    ...access,
    mode:
      kind === 'http'
        ? { kind, signingSecret, address: '127.0.0.1', port }
        : { kind, appToken, connections: 2 },
    listeners,
    inbox: store,
    clock,
  });
  await app.start();
  await outbox.start();
  return { world, app, outbox, service, listeners, east: cluster, port };
}
