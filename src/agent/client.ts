/** The bot's side of the agent: the port `HostAgent` over HTTP. Asks once; whoever wants an answer asks again. */
import type { Clock } from '../aurora/clock.ts';
import { AuroraError } from '../aurora/errors.ts';
import { sameHost } from '../aurora/host-names.ts';
import type { HostAgent, HostStatus } from '../aurora/hosts.ts';
import { type OutlineEntry, outlineEntrySchema } from '../aurora/outline.ts';
import type { SchedulerReader } from '../aurora/scheduler.ts';
import { digestStagedSet } from '../backups/digest.ts';
import { createSchedulerClient, type Protocol, type SchedulerClient } from '../thrift/client.ts';
import { readLiveOutline } from '../thrift/live-outline.ts';
import { createSchedulerReader } from '../thrift/scheduler-reader.ts';
import type { RpcTransport } from '../thrift/transport.ts';
import { type AgentHttp, type ClientTls, createAgentHttp } from './agent-http.ts';
import { answerLimits } from './answer-limits.ts';
import { withoutSecrets } from './flags/without-secrets.ts';
import { readLines } from './json-lines.ts';
import { operationAnswerSchema, parseOperationResult } from './operation-protocol.ts';
import {
  backupFileSchema,
  heldCopiesSchema,
  parseBackupList,
  parseKnownBackups,
  stagedSchema,
  statusSchema,
} from './protocol.ts';
import { asOfScheduler, relayTransport } from './relay-transport.ts';
import { readTaskLines } from './task-lines.ts';

interface AgentConnection {
  /** The host's name, as the agent must have it too. */
  readonly host: string;
  /** Base URL of the agent. */
  readonly url: string;
  /** The longest silence of an answer or a stream; `perform` has the agent answer in half of it. */
  readonly deadlineMs: number;
  readonly clock: Clock;
  /** For a `https` address: both sides show a certificate. */
  readonly tls?: ClientTls | undefined;
  /** Reading admin calls carry a session key, as releases up to 0.9 want it. */
  readonly sessionKey?: boolean;
  /** TJSON when absent. */
  readonly protocol?: Protocol;
  /** For tests; by default through the agent's relay. */
  readonly makeReader?: (transport: RpcTransport) => SchedulerReader;
}

/**
 * Connects lazily: nothing is sent before the first call. Errors are AuroraError `agent-unreachable` when there is no
 * answer, `agent-garbled` for one that is none, `agent-other-host` for that of another host, and whatever code the agent
 * itself answered with. Its status has the host's name as it is written here.
 */
export function connectAgent(connection: AgentConnection): HostAgent {
  const { host, url, deadlineMs, clock, tls } = connection;
  const http = createAgentHttp({ host, url, deadlineMs, clock, tls });
  const transport = relayTransport({ host, url, tls, clock });
  const client = clientOver(connection, transport);
  const scheduler = connection.makeReader?.(transport) ?? createSchedulerReader(client);
  return {
    host,
    readStatus: async () => {
      const status = await http.read('/v1/status', {
        limits: answerLimits.status,
        parse: (body) => statusSchema.parse(body),
      });
      if (!sameHost(status.host, host)) throw otherHost({ host, url, says: status.host });
      return withoutSecretFlags({ ...status, host });
    },
    listBackups: () =>
      http.read('/v1/backups', {
        limits: answerLimits.backups,
        parse: parseBackupList,
      }),
    listKnownBackups: () =>
      http.read('/v1/backups?known=now', { limits: answerLimits.backups, parse: parseKnownBackups }),
    inspectBackup: (name) =>
      http.read(`/v1/backups/${encodeURIComponent(name)}`, {
        limits: answerLimits.backup,
        parse: (body) => backupFileSchema.parse(body).report,
      }),
    readBackupTasks: (name) =>
      readTaskLines(http.stream(`/v1/backups/${encodeURIComponent(name)}/tasks`), host),
    readBackupOutline: (name) => readOutlineLines(http, { host, name }),
    readLiveOutline: ({ roles }) => readLiveOutline(client, { roles, now: clock.now() }),
    listHeldCopies: () =>
      http
        .read('/v1/held', {
          limits: answerLimits.heldCopies,
          parse: (body) => heldCopiesSchema.parse(body).copies,
        })
        .catch((error: unknown) => {
          throw isUnknownRoute(error) ? tooOld(host) : error;
        }),
    readHeldBackup: ({ restoreId, name }) =>
      http.open(`/v1/held/${encodeURIComponent(restoreId)}/${encodeURIComponent(name)}`),
    uploadBackup: ({ restoreId, name, sha256, bytes }) =>
      http.upload(
        `/v1/uploads/${encodeURIComponent(restoreId)}/${encodeURIComponent(name)}?sha256=${sha256}`,
        bytes,
      ),
    perform: (request, signal) =>
      http.send(
        // The agent must answer before the request's own deadline; it may well answer `running`.
        `/v1/operations?waitMs=${Math.floor(deadlineMs / 2)}`,
        request,
        { limits: answerLimits.operation, parse: (body) => parseOperationResult(request.kind, body) },
        signal,
      ),
    readOperation: (operationId) =>
      http.read(`/v1/operations/${encodeURIComponent(operationId)}`, {
        limits: answerLimits.operation,
        parse: (body) => operationAnswerSchema.parse(body).operation,
      }),
    digestStaged: async () => {
      try {
        return await http.read('/v1/staged', {
          limits: answerLimits.staged,
          parse: (body) => stagedSchema.parse(body).staged,
        });
      } catch (error) {
        // An agent of before does not know the question: the rows themselves say the same, at length.
        if (!(error instanceof AuroraError) || error.code !== 'no-such-path') throw asOfScheduler(error);
        return await scheduler.queryStaged(digestStagedSet);
      }
    },
    scheduler,
  };
}

/** An agent of before may show what it should not: it goes no further than here. */
function withoutSecretFlags(status: HostStatus): HostStatus {
  const { scheduler, flags } = status;
  const { processFlags } = scheduler;
  return {
    ...status,
    flags: { ...flags, values: withoutSecrets(flags.values) },
    scheduler:
      processFlags == null ? scheduler : { ...scheduler, processFlags: withoutSecrets(processFlags) },
  };
}

/** Everything that was asked of it would be done to another host. */
function otherHost({ host, url, says }: { host: string; url: string; says: string }): AuroraError {
  return new AuroraError({
    code: 'agent-other-host',
    message: `The agent at ${url} is configured here as that of ${host}, and says that it is ${says}.`,
    hint: 'Correct the address of the agent in the configuration of the bot, or host in that of the agent.',
  });
}

/** Agents of before this route do not know it: then nothing else is wrong. */
async function* readOutlineLines(
  http: AgentHttp,
  { host, name }: { host: string; name: string },
): AsyncIterable<OutlineEntry> {
  try {
    const bytes = await http.open(`/v1/backups/${encodeURIComponent(name)}/outline`);
    yield* readLines(bytes, { host, what: 'jobs', schema: outlineEntrySchema });
  } catch (error) {
    throw isUnknownRoute(error) ? tooOld(host) : error;
  }
}

function isUnknownRoute(error: unknown): boolean {
  return error instanceof AuroraError && error.code === 'no-such-path';
}

function tooOld(host: string): AuroraError {
  return new AuroraError({
    code: 'agent-too-old',
    message: `The agent of ${host} is too old to report this.`,
    hint: `Upgrade the agent on ${host}; everything it did before keeps working.`,
    details: { host },
  });
}

function clientOver(
  { deadlineMs, sessionKey = false, protocol = 'tjson' }: AgentConnection,
  transport: RpcTransport,
): SchedulerClient {
  return createSchedulerClient({ transport, protocol, deadlineMs, bypassLeaderRedirect: true, sessionKey });
}
