/**
 * A host's agent over a pretend host: the real check of grants, a journal by operation id, one operation at a time.
 * Every effect is counted, so that a test sees what happened twice.
 */
import { createPublicKey } from 'node:crypto';
import { hashParams, refuse, verifyGrant } from '../../../src/agent/grants.ts';
import { AuroraError, messageOf } from '../../../src/aurora/errors.ts';
import type { HostAgent, HostStatus } from '../../../src/aurora/hosts.ts';
import type {
  GrantPayload,
  LastGrant,
  OperationEnd,
  OperationKind,
  OperationRequest,
  OperationResult,
} from '../../../src/aurora/operations.ts';
import type { SchedulerReader } from '../../../src/aurora/scheduler.ts';
import { digestStagedSet } from '../../../src/backups/digest.ts';
import { oneByOne } from '../../support/whole-list.ts';
import type { PretendCluster, PretendHost } from './pretend-cluster.ts';
import { pretendEffects, shaOf } from './pretend-operations.ts';
import { hostPaths } from './pretend-scene.ts';
import { unlessAborted } from './unless-aborted.ts';

/** Something an agent did to its host, once. */
export interface SeenEffect {
  readonly operationId: string;
  readonly host: string;
  readonly kind: OperationKind;
  readonly changed: boolean;
  readonly grant: GrantPayload;
}

/** Stands between the bot and an agent: loses requests and replies, delays, answers itself. */
export type Meddler = (
  request: OperationRequest,
  perform: () => Promise<OperationResult>,
) => Promise<OperationResult>;

/** A stream that breaks off behind so many parts, at once or after the longest silence that is borne. */
export interface StreamFault {
  readonly passes: number;
  readonly silent: boolean;
}

/** Asked whenever a stream is opened; `null` lets it come whole. */
export type StreamMeddler = (opened: {
  readonly host: string;
  readonly stream: 'tasks' | 'held' | 'upload';
}) => StreamFault | null;

interface AgentWiring {
  readonly cluster: PretendCluster;
  readonly publicKey: string;
  readonly effects: { push(effect: SeenEffect): unknown };
  /** Asked for each request while it is set. */
  readonly meddling: { with: Meddler | null };
  readonly streaming: { with: StreamMeddler | null };
  /** It takes the word of a worker that another one has overtaken: for simulations of that mistake. */
  readonly believesAnyFence?: boolean;
}

const operationMs = 200;
/** Long enough for something else to happen meanwhile. */
const readMs = 5;
/** The longest silence of a stream that the bot's client bears. */
const silenceMs = 10_000;

export function createPretendAgent(wiring: AgentWiring, host: PretendHost): HostAgent {
  const { cluster, effects, meddling, streaming } = wiring;
  const { clock } = cluster;
  const key = createPublicKey({ key: Buffer.from(wiring.publicKey, 'base64'), format: 'der', type: 'spki' });
  const journal = new Map<
    string,
    { readonly asked: OperationRequest; readonly end: Promise<OperationEnd> }
  >();
  /** The newest fence each operation was asked for with: whoever asks again takes it over. */
  const fences = new Map<string, number>();
  let highestFence = 0;
  let lastGrant: LastGrant | null = null;
  let last: Promise<unknown> = Promise.resolve();

  const act = async <K extends OperationKind>(request: OperationRequest<K>): Promise<OperationEnd<K>> => {
    const { operationId, kind, params } = request;
    await clock.sleep(operationMs);
    if ((fences.get(operationId) ?? 0) < highestFence && wiring.believesAnyFence !== true) {
      return {
        operationId,
        kind,
        state: 'failed',
        message: 'overtaken',
        hint: 'Nothing was done.',
        finishedAt: 0,
      };
    }
    try {
      const { changed, evidence } = pretendEffects[kind]({ cluster, host }, params);
      effects.push({ operationId, host: host.name, kind, changed, grant: request.grant.payload });
      return { operationId, kind, state: 'done', changed, evidence, finishedAt: clock.now() };
    } catch (error) {
      return {
        operationId,
        kind,
        state: 'failed',
        message: messageOf(error),
        hint: 'Look at it.',
        finishedAt: 0,
      };
    }
  };

  const accept = async <K extends OperationKind>(request: OperationRequest<K>): Promise<OperationEnd<K>> => {
    assertUp(host);
    const check = {
      host: host.name,
      cluster: cluster.config.name,
      now: clock.now(),
      clockSkewMs: 0,
      highestFence: wiring.believesAnyFence === true ? 0 : highestFence,
    };
    verifyGrant(request, { ...check, publicKeys: [key] });
    const known = journal.get(request.operationId);
    if (known !== undefined && namedBy(known.asked) !== namedBy(request))
      throw refuse('id-reused', 'This id was already used for a different operation.');
    highestFence = Math.max(highestFence, request.grant.payload.fence);
    fences.set(request.operationId, request.grant.payload.fence);
    const { restoreId, fence, journal: head } = request.grant.payload;
    lastGrant = { restoreId, fence, ...(head !== undefined && { journal: head }) };
    if (known !== undefined) return (await known.end) as OperationEnd<K>;
    const work = last.then(() => act(request));
    last = work;
    journal.set(request.operationId, { asked: request, end: work });
    return await work;
  };

  const read = async <T>(answer: () => T): Promise<T> => {
    await clock.sleep(readMs);
    assertUp(host);
    return answer();
  };

  /** Hands on what comes, as far as the host and whoever meddles let it. */
  async function* pass<T>(
    stream: Parameters<StreamMeddler>[0]['stream'],
    parts: Iterable<T> | AsyncIterable<T>,
  ): AsyncGenerator<T> {
    await clock.sleep(readMs);
    const fault = streaming.with?.({ host: host.name, stream }) ?? null;
    assertUp(host);
    let passed = 0;
    for await (const part of parts) {
      assertUp(host);
      if (passed === fault?.passes) {
        if (fault.silent) await clock.sleep(silenceMs);
        throw unreachable('agent-unreachable', `The agent of ${host.name} stopped after ${passed} parts.`);
      }
      passed += 1;
      yield part;
    }
  }

  return {
    host: host.name,
    readStatus: () => read(() => ({ lastGrant, ...statusOf(wiring, host) })),
    listBackups: () => read(() => (host.backups.has(cluster.backup.name) ? [cluster.backup] : [])),
    listKnownBackups: () =>
      read(() => ({ files: host.backups.has(cluster.backup.name) ? [cluster.backup] : [], reading: [] })),
    inspectBackup: (name) =>
      read(() => {
        requireOneOf(host.backups, name);
        return cluster.backup.report;
      }),
    readBackupTasks: async function* (name) {
      await read(() => requireOneOf(host.backups, name));
      yield* pass('tasks', cluster.backupRows);
    },
    readBackupOutline: () => {
      throw new Error('no restore compares backups job by job');
    },
    readLiveOutline: () => Promise.reject(new Error('no restore compares backups job by job')),
    listHeldCopies: () => Promise.resolve([]),
    readHeldBackup: async ({ name }) => {
      await read(() => requireOneOf(host.held, name));
      return pass('held', heldBytes);
    },
    uploadBackup: async ({ bytes }) => {
      const arrived = await Array.fromAsync(pass('upload', bytes));
      if (Buffer.concat(arrived).compare(Buffer.concat(heldBytes)) !== 0)
        throw unreachable('upload-differs', 'What arrived is not what was announced.');
    },
    perform: async (request, signal) => {
      const perform = () => accept(request);
      const meddler = meddling.with;
      const result = await unlessAborted(signal, meddler === null ? perform() : meddler(request, perform));
      // A meddler hands on what the agent said, or says it for this request.
      return result as Awaited<ReturnType<typeof perform>>;
    },
    readOperation: async (operationId) => {
      const known = await read(() => journal.get(operationId));
      return (await known?.end) ?? null;
    },
    digestStaged: () => createReader(cluster, host).queryStaged(digestStagedSet),
    scheduler: createReader(cluster, host),
  };
}

function createReader(cluster: PretendCluster, host: PretendHost): SchedulerReader {
  const ask = async <T>(answer: (seen: ReturnType<PretendCluster['look']>) => T): Promise<T> => {
    await cluster.clock.sleep(readMs);
    assertUp(host);
    if (host.service === 'stopped' || host.deaf)
      throw unreachable('rpc-unreachable', `${host.name}: no scheduler`);
    if (cluster.clock.now() < cluster.busyUntil)
      throw unreachable(cluster.busyWith, `${host.name}: no whole answer`);
    if (host.frozenSince !== null) throw unreachable('rpc-timeout', `${host.name}: no answer in time`);
    const recorded = cluster.recorded?.hosts.get(host.name);
    const seen = cluster.look();
    return answer(recorded === undefined ? seen : { ...seen, ready: recorded.storageReady });
  };
  return {
    isStorageReady: () => ask((seen) => host.stale || (seen.host === host.name && seen.ready)),
    listTasks: async (consume) => {
      const tasks = await ask((seen) => {
        if (host.stale) return [];
        if (seen.host === host.name && seen.ready) return seen.tasks;
        throw unreachable('rpc-transient', 'Storage is not READY');
      });
      return await consume(oneByOne(tasks));
    },
    queryStaged: async (consume) => {
      const staged = await ask(() => {
        const act = cluster.beforeAnswer;
        cluster.beforeAnswer = null;
        act?.();
        return host.staged;
      });
      return staged === null ? null : await consume(oneByOne(staged));
    },
    listBackups: () => ask(() => [...host.backups]),
    readReleaseSigns: () => ask(() => []),
  };
}

function statusOf(
  { cluster, publicKey }: Pick<AgentWiring, 'cluster' | 'publicKey'>,
  host: PretendHost,
): HostStatus {
  const { host: elected, registered } = cluster.look();
  const runs = host.service === 'running' && !host.deaf;
  const answers = runs && host.frozenSince === null;
  const leads = elected === host.name || host.stale;
  const recorded = cluster.recorded?.hosts.get(host.name);
  return {
    host: host.name,
    agentVersion: '0.1.0',
    auroraVersion: cluster.config.auroraVersion,
    clockMs: cluster.clock.now() + host.clockAheadMs,
    scheduler: {
      service: host.service,
      pid: host.service === 'running' ? 100 : null,
      httpPortOpen: runs,
      libprocessPortOpen: host.service === 'running',
      logLockHeld: host.service === 'running',
      restarts: 0,
      instance:
        host.service === 'running' ? (host.toldProcesses.get(host.starts) ?? `boot/${host.starts}`) : null,
      processFlags: host.service === 'running' ? host.startedFlags : null,
    },
    log: { exists: host.log !== null, files: 12, bytes: 9_000 },
    setAsideLogs: [...host.setAsideBefore.keys()].map((restoreId) => ({
      restoreId,
      files: 12,
      bytes: 9_000,
    })),
    flags: { sha256: shaOf(host, host.flags), values: host.flags },
    traffic: host.traffic,
    mesosLog: { present: true },
    recoveryTool: { present: cluster.release.recoveryTool },
    disk: { freeBytes: 1e12, backupsFreeBytes: 1e12, heldFreeBytes: 1e12 },
    paths: hostPaths,
    authentication: { credentials: false },
    grants: { clockSkewMs: 0, trustedKeys: [publicKey] },
    backupDir: { path: hostPaths.backups.path, writable: true, files: host.backups.size },
    vars:
      recorded?.vars ??
      (answers
        ? {
            scheduler_lifecycle_ACTIVE: leads && registered && !host.stale ? 1 : 0,
            scheduler_lifecycle_LEADER_AWAITING_REGISTRATION: leads && (!registered || host.stale) ? 1 : 0,
            framework_registered: leads && registered && !host.stale ? 1 : 0,
            reconciliation_explicit_runs: leads ? cluster.reconciliations.explicit : 0,
            reconciliation_implicit_runs: leads ? cluster.reconciliations.implicit : 0,
          }
        : null),
    leaderHealth: recorded?.leaderHealth ?? (answers ? leaderHealthOf(cluster, { leads, registered }) : null),
    ...host.shows,
  };
}

function leaderHealthOf(cluster: PretendCluster, seen: { leads: boolean; registered: boolean }): number {
  if (!cluster.release.leaderHealth) return 404;
  if (!seen.registered || cluster.strays.has('member')) return 502;
  return seen.leads ? 200 : 503;
}

function assertUp(host: PretendHost): void {
  if (!host.agentUp) throw unreachable('agent-unreachable', `The agent of ${host.name} does not answer.`);
}

/** What makes two requests of one id the same operation. */
function namedBy({ kind, params, grant }: OperationRequest): string {
  return `${kind} ${hashParams(params)} ${grant.payload.restoreId}`;
}

function requireOneOf(names: ReadonlySet<string>, name: string): void {
  if (!names.has(name)) throw unreachable('backup-missing', `${name} is not on this host.`);
}

function unreachable(code: string, message: string): AuroraError {
  return new AuroraError({ code, message, hint: `Look at ${message.split(' ').at(-1) ?? 'it'}.` });
}

/** What every agent holds, in two parts. */
const heldBytes: readonly Uint8Array[] = [Buffer.from('a held '), Buffer.from('backup')];
