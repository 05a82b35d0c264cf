/** The host agent as a whole: built from its configuration, started, stopped. */
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { endpointOf } from '../aurora/host-names.ts';
import { releaseOf } from '../aurora/releases.ts';
import { decoderVersion } from '../backups/decoder-version.ts';
import { createDecodingThread, readFrom } from '../backups/decoding-thread.ts';
import { readTaskRows } from '../backups/task-rows.ts';
import { axiosTransport } from '../thrift/axios-transport.ts';
import { createSchedulerClient } from '../thrift/client.ts';
import { createSchedulerReader } from '../thrift/scheduler-reader.ts';
import { openAuditLog } from './audit-log.ts';
import { type BackupLibrary, createBackupLibrary } from './backup-library.ts';
import { watchBackups } from './backup-watch.ts';
import { closeServer } from './close-server.ts';
import type { AgentConfig } from './config.ts';
import { serviceDriverOf, trafficDriverOf } from './drivers/drivers-of.ts';
import { createFlagFileDriver } from './drivers/flag-file.ts';
import { createLogInitializer } from './drivers/log-initializer.ts';
import { createRecoveryTool } from './drivers/recovery-tool.ts';
import { createBallast } from './files/ballast.ts';
import { makeDirectories } from './files/durable-file.ts';
import { flagGrammarOf } from './flags/flag-grammar-of.ts';
import { parsePublicKey } from './grants.ts';
import { createHeldBackups } from './held-backups.ts';
import { openKeptReports } from './kept-reports.ts';
import { findUnknownRestores } from './left-behind.ts';
import { type AgentObserver, observeAudit } from './observer.ts';
import { type OperationJournal, openOperationJournal } from './operation-journal.ts';
import { createOperationRunner } from './operation-runner.ts';
import type { OperationTable, OperationTools } from './operations/operation.ts';
import { packageVersion } from './package-root.ts';
import { createPeople, type People } from './people/people.ts';
import { createRosterFile } from './people/roster-file.ts';
import { makePrivate } from './private-file.ts';
import { proveDaily } from './prove/daily.ts';
import { openProver } from './prove/open-prover.ts';
import { createSchedulerCaller } from './scheduler-caller.ts';
import { readCredentials, type SchedulerCredentials } from './scheduler-credentials.ts';
import { buildAgentServer } from './server.ts';
import { readServerTls } from './server-tls.ts';
import { createTrafficGuard } from './traffic-guard.ts';

interface AgentParts {
  readonly config: AgentConfig;
  readonly clock: Clock;
  readonly operations: OperationTable;
  readonly logger: FastifyBaseLogger;
  /** Of whoever counts. */
  readonly observer?: AgentObserver;
}

export interface RunningAgent {
  /** Base URL for clients. */
  readonly url: string;
  /** Takes no more requests, lets the operation at work end within a bound, closes the journal. */
  close(): Promise<void>;
}

const closeMs = 10_000;

/** A scheduler runs on this host, and comes first (nice(1)). */
const decodingNiceness = 10;

/**
 * Opens the journal, takes up what is unfinished and listens. Throws AuroraError `agent-already-runs`,
 * `config-invalid` or `agent-not-listening`.
 */
export async function startAgent({
  config,
  clock,
  operations,
  logger,
  observer,
}: AgentParts): Promise<RunningAgent> {
  const traffic = trafficDriverOf(config);
  // Before anything that may be missing or have expired.
  await traffic.blockAgain();
  const publicKeys = config.trust.publicKeys.map(parsePublicKey);
  const credentials = await readCredentials(config.scheduler.credentials);
  const tls = config.tls === undefined ? null : await readServerTls(config.tls);
  await makeDirectories(config.paths.state);
  makePrivate(join(config.paths.state, 'operations.sqlite'));
  const journal = openOperationJournal(join(config.paths.state, 'operations.sqlite'));
  const opened = openAuditLog(
    config.paths.state,
    { fileBytes: config.bounds.auditFileBytes, files: config.bounds.auditFiles },
    clock.now(),
  );
  const audit = observer === undefined ? opened : observeAudit(opened, observer);
  createBallast(config.paths.state).take();
  const unknownRestores = await findUnknownRestores(config.paths, journal);
  if (unknownRestores.length > 0)
    logger.error(
      { unknownRestores },
      'restores that the journal does not know have left something on this host',
    );
  logger.info({ auditHead: audit.head() }, 'audit log opened');
  const tools = buildTools(config, clock, credentials);
  const warn = (fields: Record<string, unknown>, message: string): void => logger.warn(fields, message);
  const trafficGuard = createTrafficGuard({ traffic: tools.traffic, clock, audit, warn });
  await trafficGuard.look();
  const people = peopleOf(tools, journal);
  const { library, close: closeBackups } = openBackups(config, { clock, warn });
  const proving = openProver(tools, library);
  await proving?.prover.clear();
  const runner = createOperationRunner({
    tools,
    people,
    operations,
    journal,
    audit,
    publicKeys,
    unknownRestores,
    onGrant: () => proving?.prover.giveWay(),
    onEnd: (end) => observer?.ended(end),
    log: (level, fields, message) => logger[level](fields, message),
  });
  const app = await buildAgentServer(
    {
      ...{ tools, runner, people, library, audit, trafficGuard, credentials, tls, proving },
      version: packageVersion(),
      epoch: journal.epoch(),
    },
    logger,
  );
  // Requests for the same operations may come at once; they wait for what is being looked at here.
  const resumed = runner.resume();
  const { host, port } = endpointOf(config.listen);
  resumed.catch((error: unknown) =>
    logger.error({ err: error }, 'unfinished operations were not all taken up'),
  );
  const watched = watchBackups({ library, directory: config.paths.backups, clock, warn });
  const ended = new AbortController();
  const { at } = config.prove ?? {};
  if (proving !== null && at !== undefined) {
    void proveDaily({
      ...{ at, clock, signal: ended.signal },
      prove: () => proving.prover.proveNewest(),
      log: (level, fields, message) => logger[level](fields, message),
    });
  }
  const close = async (): Promise<void> => {
    ended.abort();
    library.close();
    await watched.stop();
    await proving?.prover.close();
    await runner.close(closeMs);
    // A stream that somebody reads slowly must not keep the agent from ending.
    await closeServer(app, clock, closeMs);
    audit.close(clock.now());
    logger.info({ auditHead: audit.head() }, 'audit log closed');
    await closeBackups();
    journal.close();
  };
  try {
    // fastify does not know that the server it was handed speaks TLS.
    const spoken = (url: string): string => (tls === null ? url : url.replace(/^http:/, 'https:'));
    const listenTextResolver = (url: string): string => `Server listening at ${spoken(url)}`;
    return { url: spoken(await app.listen({ host, port, listenTextResolver })), close };
  } catch (error) {
    await close();
    throw new AuroraError({
      code: 'agent-not-listening',
      message: `The agent cannot listen on ${config.listen}: ${messageOf(error)}.`,
      hint: 'Stop what uses the port, or choose another one with listen.',
      cause: error,
    });
  }
}

/** The backups of this host: decoded in a thread of their own, and what was decoded is kept. */
export function openBackups(
  { paths, bounds }: AgentConfig,
  { clock, warn }: { clock: Clock; warn: (fields: Record<string, unknown>, message: string) => void },
): { library: BackupLibrary; close(): Promise<void> } {
  const kept = openKeptReports({ path: join(paths.state, 'backups.sqlite'), decoderVersion, warn });
  const decoding = createDecodingThread({ niceness: decodingNiceness });
  const library = createBackupLibrary({
    directory: paths.backups,
    bytesMax: bounds.uploadBytes,
    decoder: { inspect: (bytes) => decoding.inspect(readFrom(bytes)), readTasks: readTaskRows },
    ...{ kept, clock },
  });
  const close = async (): Promise<void> => {
    library.close();
    await decoding.close();
    kept.close();
  };
  return { library, close };
}

/** `null` where nobody's own signature is asked for. */
function peopleOf(tools: OperationTools, journal: OperationJournal): People | null {
  const { mode, roster } = tools.config.people;
  if (mode === 'off' || roster === undefined) return null;
  return createPeople({ tools, journal, roster: createRosterFile(roster), mode });
}

/** The hands of the operations, as configured. */
export function buildTools(
  config: AgentConfig,
  clock: Clock,
  credentials: SchedulerCredentials | null,
): OperationTools {
  const { commandMs, recoveryToolMs, schedulerMs } = config.bounds;
  const { httpAddress, httpPort } = config.scheduler;
  const address = httpAddress.includes(':') ? `[${httpAddress}]` : httpAddress;
  const { sessionKey, protocol } = releaseOf(config.auroraVersion);
  const asked = {
    transport: axiosTransport({ url: `http://${address}:${httpPort}/api`, clock }),
    deadlineMs: schedulerMs,
    // Past the leader redirect, because nobody leads in recovery mode.
    bypassLeaderRedirect: true,
    sessionKey,
    ...(credentials === null
      ? {}
      : { credentials: { user: credentials.username, password: credentials.password } }),
  };
  return {
    config,
    clock,
    service: serviceDriverOf(config),
    traffic: trafficDriverOf(config),
    flags: createFlagFileDriver(config.paths.flags, flagGrammarOf(config.drivers.flags)),
    initializer: createLogInitializer(config.drivers.initializeLog, commandMs),
    recoveryTool: createRecoveryTool(config.drivers.recoveryTool, recoveryToolMs),
    held: createHeldBackups(config.paths.state),
    // What changes something is small, and goes out in the form that every release takes.
    scheduler: createSchedulerCaller(createSchedulerClient({ ...asked, protocol: 'tjson' }), clock),
    reader: createSchedulerReader(createSchedulerClient({ ...asked, protocol })),
  };
}
