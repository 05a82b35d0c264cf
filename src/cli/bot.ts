/** `aurora-chatops bot`: the Slack app and the restore worker. Builds, runs, stops; decides nothing. */
import { hostname } from 'node:os';
import { addAppMetadata } from '@slack/web-api';
import type { Logger } from 'pino';
import { createListeners } from '../../commands/index.ts';
import { createLossEstimates } from '../../commands/shared-losses.ts';
import { makeDirectories } from '../agent/files/durable-file.ts';
import { createGrantSigner } from '../agent/grant-signer.ts';
import { packageVersion } from '../agent/package-root.ts';
import { makePrivate } from '../agent/private-file.ts';
import type { Clock } from '../aurora/clock.ts';
import { systemClock } from '../aurora/system-clock.ts';
import { createFleet } from '../backups/fleet.ts';
import { RestoreWorker } from '../restore/engine/worker.ts';
import type { RestoreDeps } from '../restore/ports.ts';
import { createErrands } from '../restore/service/errands.ts';
import { createRestoreService, type RestoreService } from '../restore/service/service.ts';
import { createSignLinks, type SignLinks } from '../sign-page/link.ts';
import { createSignPage, type SignPage } from '../sign-page/sign-page.ts';
import { openRosterFile } from '../signing/roster-file.ts';
import { createSlackApp } from '../slack/app.ts';
import { createLog } from '../slack/log.ts';
import { createOutbox } from '../slack/outbox.ts';
import { createSlackPeople } from '../slack/people.ts';
import { createPictures } from '../slack/pictures/pictures.ts';
import { createPlaces } from '../slack/places.ts';
import { createSeals } from '../slack/sealed.ts';
import { createWatchVoice } from '../slack/watch-voice.ts';
import { createAskingClient, createPostingClient } from '../slack/web-client.ts';
import { listenForTerminals } from '../terminal/listen.ts';
import { createWatchMetrics } from '../watch/metrics.ts';
import { backupCraft } from './backup-craft.ts';
import { databaseOf, openBotStore, readGrantKey } from './bot-store.ts';
import { openClusters } from './cluster-access.ts';
import { type BotConfig, readBotConfig } from './config.ts';
import { serveHealth } from './health-server.ts';
import { chooseLogLevel, createLogger } from './logger.ts';
import { hearingOthers, workWithOthers } from './other-bots.ts';
import { createRegistry, measureReadiness } from './program-metrics.ts';
import { createReadiness } from './readiness.ts';
import { readSecrets, type Secrets, secretFor } from './secrets.ts';
import { openServiceManager } from './service-manager.ts';
import { listenForSigners } from './sign-server.ts';
import { createStepThreads } from './step-thread.ts';
import { keepTidy } from './tidying.ts';
import { openWatches } from './watches.ts';

/** Until SIGTERM or SIGINT. */
export async function runBot(configPath: string): Promise<void> {
  addAppMetadata({ name: 'aurora-chatops', version: packageVersion() }); // to User-Agent
  const config = await readBotConfig(configPath);
  const logger = createLogger('bot', chooseLogLevel(process.env, config.logLevel));
  const manager = openServiceManager(process.env, {
    clock: systemClock,
    warn: (fields, message) => logger.warn(fields, message),
  });
  manager.status('waits for Slack');
  const bot = await startBot({
    config,
    secrets: await readSecrets(process.env, config.slack.mode),
    clock: systemClock,
    logger,
  });
  logger.info({ clusters: config.clusters.map((cluster) => cluster.name) }, 'bot runs');
  manager.ready('runs');
  const stop = (signal: NodeJS.Signals): void => {
    logger.info({ signal }, 'bot stops');
    manager.stopping();
    void bot.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'bot did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** What is still open then ends with the process. */
const closeWithinMs = 5_000;

interface BotParts {
  readonly config: BotConfig;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Answers when Slack delivers to us. What a start that failed has opened is closed again, within seconds. */
async function startBot(parts: BotParts): Promise<{ stop(): Promise<void> }> {
  const opened = new AsyncDisposableStack();
  try {
    await openBot(parts, (close) => {
      opened.defer(async () => void (await close()));
    });
  } catch (error) {
    const closed = opened.disposeAsync().catch((err: unknown) => {
      parts.logger.error({ err }, 'the start failed, and what it had opened did not close');
    });
    await Promise.race([closed, parts.clock.sleep(closeWithinMs)]);
    throw error;
  }
  return { stop: async () => await opened.disposeAsync() };
}

/** Wires everything and starts it. What it has opened is closed by what it hands to `closeLater`, the last one first. */
async function openBot(parts: BotParts, closeLater: (close: () => Promise<unknown>) => void): Promise<void> {
  const { config, secrets, clock, logger } = parts;
  await makeDirectories(config.state);
  if (config.store === null) makePrivate(databaseOf(config));
  const store = await openBotStore(config);
  closeLater(() => store.close());
  const log = createLog(logger.child({ room: 'slack' }));
  const access = {
    botToken: secrets.botToken,
    log,
    clock,
    ...(secrets.apiUrl === null ? {} : { apiUrl: secrets.apiUrl }),
  };
  const client = createAskingClient(access);
  const grantKey = await readGrantKey(config.grantKey);
  const clusters = openClusters(config, clock);
  closeLater(() => Promise.all([...clusters.values()].map((cluster) => cluster.leader.close())));
  const fleet = createFleet({
    clusters,
    clock,
    everyMs: config.backups.everyMs,
    history: store,
    warn: (fields, message) => logger.warn({ room: 'backups', ...fields }, message),
  });
  const owner = `${hostname()}, ${store.identity.incarnation}`;
  const outbox = createOutbox({
    journal: hearingOthers(store),
    lease: { leases: store, owner },
    ledger: store,
    documents: store,
    client: createPostingClient(access),
    clock,
    log,
    onEdited: (edited) => service.noteEdited(edited),
  });
  const people = createSlackPeople({ client, clock });
  const deps: RestoreDeps = {
    clock,
    journal: store,
    leases: store,
    documents: store,
    // Nothing is remembered: whoever is asked about at the press is asked about again at the vote.
    people,
    ...(config.people !== null && { signatures: openRosterFile(config.people.roster) }),
    ...(config.people?.whenSlackIsDown === 'roster' && { whenSlackIsDown: 'roster' }),
    grants: createGrantSigner(grantKey),
    backups: backupCraft,
    clusters,
    threads: createStepThreads(config, store),
    owner,
    identity: store.identity,
    onProgress: (restoreId, text) => {
      outbox.progress(restoreId, text);
      store.others?.tellProgress(restoreId, text);
    },
    log: (level, fields, message) => logger[level]({ room: 'restore', ...fields }, message),
  };
  const worker = new RestoreWorker(deps);
  const service = createRestoreService(deps, (restoreId) => worker.wake(restoreId));
  const registry = config.metrics === null ? null : createRegistry('bot', packageVersion());
  const watches = openWatches({
    config,
    clusters,
    store,
    voice: createWatchVoice({ client: createPostingClient(access), ledger: store, log }),
    clock,
    ...(store.others !== null && { shared: { leases: store, owner } }),
    metrics: registry === null ? null : createWatchMetrics(registry),
    log: (level, fields, message) => logger[level]({ room: 'watch', ...fields }, message),
  });
  const signing = openSigning(config, { deps, service, grantKey });
  const app = createSlackApp({
    ...access,
    mode:
      config.slack.mode === 'socket'
        ? { kind: 'socket', appToken: secrets.appToken, connections: config.slack.connections }
        : {
            kind: 'http',
            signingSecret: secrets.signingSecret,
            address: config.slack.address,
            port: config.slack.port,
            ...(signing !== null && { signPage: signing.page }),
          },
    listeners: createListeners({
      clusters,
      service,
      journal: store,
      outbox,
      clock,
      craft: backupCraft,
      fleet,
      losses: createLossEstimates({ craft: backupCraft, clock }),
      places: createPlaces(client),
      seals: createSeals({ key: secretFor('slack forms', grantKey), clock }),
      errands: createErrands(deps),
      history: store,
      pictures: createPictures({ client: createPostingClient(access) }),
      ...(signing !== null && { signLinks: signing.links }),
      watches,
    }),
    inbox: store,
    clock,
  });
  if (registry !== null && config.metrics !== null) {
    const readiness = createReadiness({
      // Names go on above 0, as they do anyway.
      writeStore: () => store.passNames(0),
      hearsSlack: () => app.hears(),
      works: () => worker.works,
      clock,
      warn: (fields, message) => logger.warn(fields, message),
    });
    measureReadiness(registry, readiness);
    // First of all: it says what the rest waits for.
    const health = await serveHealth({ metrics: registry, readiness }, config.metrics);
    closeLater(() => health.close());
  }
  const tidying = keepTidy(store, { keepDocumentsMs: config.keepDocumentsMs, clock, logger });
  closeLater(() => tidying.stop());
  closeLater(() => outbox.stop());
  await outbox.start();
  closeLater(() => worker.stop());
  await worker.start();
  closeLater(workWithOthers(store, { worker, outbox, logger }));
  closeLater(() => fleet.stop());
  fleet.start();
  // Before Slack: it is there for the night on which Slack is not.
  const terminals = await listenForTerminals(
    { ...deps, onDecision: (restoreId) => worker.wake(restoreId) },
    config,
  ).catch((error: unknown) => {
    logger.error({ err: error }, 'nobody can decide in a terminal');
    return null;
  });
  if (terminals !== null) closeLater(() => terminals.close());
  const listen = config.people?.listen ?? null;
  if (signing !== null && listen !== null) {
    const signServer = await listenForSigners(signing.page, listen);
    closeLater(() => signServer.close());
  }
  closeLater(() => app.stop());
  await app.start();
  closeLater(() => watches.stop());
  watches.start();
}

/** The page where people sign, and the links to it; `null` where there is none. */
function openSigning(
  { signing }: BotConfig,
  parts: { deps: RestoreDeps; service: RestoreService; grantKey: string },
): { links: SignLinks; page: SignPage } | null {
  const { deps, service, grantKey } = parts;
  const { clock, people, signatures, log } = deps;
  if (signing === null || signatures === undefined) return null;
  const links = createSignLinks({ key: secretFor('sign links', grantKey), clock, place: signing });
  return { links, page: createSignPage({ links, service, signatures, people, clock, log }) };
}
