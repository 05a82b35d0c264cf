/**
 * A host whose agent requires people's own signatures: the real server, runner, journal, grants and operations, over a scheduler and a
 * service manager in memory. It notes every harm that cannot be put back.
 */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { buildTools } from '../../src/agent/agent.ts';
import { openAuditLog } from '../../src/agent/audit-log.ts';
import { createBackupLibrary } from '../../src/agent/backup-library.ts';
import { type AgentConfig, parseAgentConfig } from '../../src/agent/config.ts';
import { parsePublicKey } from '../../src/agent/grants.ts';
import { openKeptReports } from '../../src/agent/kept-reports.ts';
import { findUnknownRestores } from '../../src/agent/left-behind.ts';
import { openOperationJournal } from '../../src/agent/operation-journal.ts';
import { createOperationRunner } from '../../src/agent/operation-runner.ts';
import type { OperationTable, OperationTools } from '../../src/agent/operations/operation.ts';
import { operationTable } from '../../src/agent/operations/table.ts';
import { createPeople } from '../../src/agent/people/people.ts';
import { createRosterFile } from '../../src/agent/people/roster-file.ts';
import { statusSchema } from '../../src/agent/protocol.ts';
import { buildAgentServer } from '../../src/agent/server.ts';
import { createTrafficGuard } from '../../src/agent/traffic-guard.ts';
import type { HostPeople } from '../../src/aurora/hosts.ts';
import type { OperationRequest, SchedulerAnswer } from '../../src/aurora/operations.ts';
import { recoveryFlags } from '../../src/aurora/restore-flags.ts';
import type { TaskRow } from '../../src/aurora/tasks.ts';
import { decodeBackup } from '../../src/backups/decode-backup.ts';
import { decoderVersion } from '../../src/backups/decoder-version.ts';
import { readTaskRows } from '../../src/backups/task-rows.ts';
import { oneByOne } from '../support/whole-list.ts';

const release = '0.22.0';
const ownFlags = { cluster_name: 'east', mesos_master_address: 'zk://zk:2181/mesos', backup_dir: '/b' };
const newLog = ['CURRENT', 'LOCK', 'LOG', 'MANIFEST-000002', '000004.log'];

export interface AttackedHost {
  readonly clock: { now(): number; pass(ms: number): void };
  /** What was done that nobody can put back, or that a stop does not allow: a sentence each. */
  readonly harms: readonly string[];
  /** `done`, `failed`, or the rule that refused it. */
  send(request: OperationRequest): Promise<{ ended: string; says: string }>;
  /** The scheduler ends by itself, and its service manager starts it again unless the agent holds it. */
  schedulerDies(): Promise<void>;
  /** The agent's process ends, and another one takes over, maybe in another mode. */
  restartAgent(mode?: 'require' | 'observe'): Promise<void>;
  readStatus(): Promise<HostPeople>;
  writeRoster(yaml: string): Promise<void>;
  stage(rows: readonly TaskRow[] | null): void;
  path(name: string): string;
  dispose(): Promise<void>;
}

export async function createAttackedHost(given: {
  rosterYaml: string;
  publicKey: string;
  now: number;
  mode?: 'require' | 'observe';
  /** A log that a restore of long ago has set aside. */
  oldLogOf?: string;
}): Promise<AttackedHost> {
  const dir = await mkdtemp(join(tmpdir(), 'aurora-attack-'));
  const path = (name: string): string => join(dir, name);
  await Promise.all(['db', 'backups', 'state'].map((name) => mkdir(path(name))));
  for (const name of [...newLog, '000011.ldb']) await writeFile(path(`db/${name}`), `old ${name}`);
  if (given.oldLogOf !== undefined) {
    await cp(path('db'), path(`db.set-aside-${given.oldLogOf}`), { recursive: true });
    await writeFile(path(`db.set-aside-${given.oldLogOf}/CURRENT`), 'ancient CURRENT');
  }
  await writeFile(path('flags'), textOf(ownFlags), { mode: 0o640 });
  await writeFile(path('people.yaml'), given.rosterYaml, { mode: 0o644 });
  const config = configOf(path, given);

  const harms: string[] = [];
  const harm = (says: string): void => void harms.push(says);
  let now = given.now;
  const clock = {
    now: () => now,
    /** Time passes only when a move lets it: nothing is waited for here but what comes. */
    sleep: (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true })),
    pass: (ms: number) => {
      now += ms;
    },
  };
  let running = true;
  let held = false;
  let staged: readonly TaskRow[] | null = null;
  const answered = (): Promise<SchedulerAnswer> => Promise.resolve({ answer: 'ok', messages: [], ms: 1 });

  /** What a start leads to that nobody can put back. */
  const start = async (): Promise<void> => {
    running = true;
    const flags = await readFile(path('flags'), 'utf8');
    const log = await readFile(path('db/CURRENT'), 'utf8').catch(() => 'no log');
    if (!flags.includes('zk://localhost:1111/') && log !== 'old CURRENT')
      harm(`a scheduler registered with a log that is not the cluster's (${log})`);
  };
  const lookAtFlags = async (): Promise<void> => {
    const flags = await readFile(path('flags'), 'utf8').catch(() => '');
    const fine = [{}, recoveryFlags(release)].map((changes) => textOf({ ...ownFlags, ...changes }));
    const same = (a: string, b: string): boolean => linesOf(a) === linesOf(b);
    if (!fine.some((text) => same(text, flags))) harm(`the flag file says ${JSON.stringify(flags)}`);
  };

  const operations: OperationTable = {
    ...operationTable,
    'start-scheduler': {
      observe: () => Promise.resolve({ state: 'not-done' }),
      run: async () => {
        held = false;
        await start();
        return { changed: true, evidence: { pid: null } };
      },
    },
    'stop-scheduler': {
      observe: () => Promise.resolve({ state: 'not-done' }),
      run: () => {
        [running, held] = [false, true];
        return Promise.resolve({ changed: true, evidence: { pid: null, killed: false, stoppedInMs: 1 } });
      },
    },
  };
  const tools: OperationTools = {
    ...buildTools(config, clock, null),
    service: {
      status: () => Promise.resolve({ state: running ? 'running' : 'stopped', pid: null, held, restarts: 0 }),
      start,
      stop: () => Promise.resolve(),
      kill: () => Promise.resolve(),
    },
    traffic: {
      status: () => Promise.resolve({ state: 'not-managed', settled: true }),
      block: () => Promise.resolve(),
      unblock: () => Promise.resolve(),
      blockAgain: () => Promise.resolve(),
      takeBlockedAgain: () => Promise.resolve(false),
    },
    initializer: {
      initialize: async (at) => {
        for (const name of newLog) await writeFile(join(at, name), `new ${name}`);
        const found = { exitCode: 0, positions: '0 -> 0', persisted: true, alreadyInitialized: true };
        return { ...found, said: '' };
      },
    },
    recoveryTool: {
      isPresent: () => Promise.resolve(true),
      fill: () => {
        harm('the recovery tool filled the log');
        return Promise.resolve({ exitCode: 0, copied: { ops: 1, ms: 1 }, said: '', tail: '' });
      },
    },
    scheduler: {
      stageBackup: answered,
      deleteStagedTasks: answered,
      commitRecovery: () => {
        harm('a commit was sent');
        return answered();
      },
      reconcileExplicit: () => {
        harm('an explicit reconciliation was sent');
        return answered();
      },
      reconcileImplicit: () => {
        harm('an implicit reconciliation was sent');
        return answered();
      },
      performBackup: answered,
    },
    reader: {
      ...buildTools(config, clock, null).reader,
      queryStaged: (consume) => (staged === null ? Promise.resolve(null) : consume(oneByOne(staged))),
    },
  };

  const startAgent = async (
    mode: 'require' | 'observe',
  ): Promise<{ app: FastifyInstance; close(): Promise<void> }> => {
    const journal = openOperationJournal(path('state/operations.sqlite'));
    if (given.oldLogOf !== undefined && !journal.knownRestores().has(given.oldLogOf))
      journal.acceptState([given.oldLogOf], now);
    const audit = openAuditLog(path('state'), { fileBytes: 1e9, files: 2 }, now);
    const roster = createRosterFile(path('people.yaml'));
    const people = createPeople({ tools, journal, roster, mode });
    const publicKeys = [parsePublicKey(given.publicKey)];
    const runner = createOperationRunner({
      ...{ tools, operations, journal, audit, people, publicKeys },
      unknownRestores: await findUnknownRestores(config.paths, journal),
      onGrant: () => undefined,
      log: () => undefined,
    });
    const kept = openKeptReports({
      path: path('state/backups.sqlite'),
      decoderVersion,
      warn: () => undefined,
    });
    const library = createBackupLibrary({
      directory: path('backups'),
      bytesMax: config.bounds.uploadBytes,
      decoder: { inspect: (bytes) => decodeBackup(bytes), readTasks: readTaskRows },
      kept,
      clock,
    });
    const app = await buildAgentServer(
      {
        ...{ tools, runner, people, library, audit },
        trafficGuard: createTrafficGuard({ traffic: tools.traffic, clock, audit, warn: () => undefined }),
        credentials: null,
        proving: null,
        tls: null,
        version: '0',
        epoch: journal.epoch(),
      },
      null,
    );
    await runner.resume();
    const close = async (): Promise<void> => {
      await runner.close(1_000);
      await app.close();
      audit.close(now);
      kept.close();
      journal.close();
    };
    return { app, close };
  };
  let mode = given.mode ?? 'require';
  let agent = await startAgent(mode);

  return {
    clock,
    harms,
    send: async (request) => {
      const answer = await agent.app.inject({ method: 'POST', url: '/v1/operations', payload: request });
      await lookAtFlags();
      const body = answer.json<{
        state?: string;
        message?: string;
        error?: { code: string; message: string; details: { rule?: string } };
      }>();
      return body.error === undefined
        ? { ended: body.state ?? 'none', says: body.message ?? '' }
        : { ended: body.error.details.rule ?? body.error.code, says: body.error.message };
    },
    schedulerDies: async () => {
      if (!running) return;
      running = false;
      if (!held) await start();
    },
    restartAgent: async (next = mode) => {
      await agent.close();
      mode = next;
      agent = await startAgent(mode);
    },
    readStatus: async () => {
      const { people } = statusSchema.parse((await agent.app.inject('/v1/status')).json());
      if (people === undefined) throw new Error('the status says nothing of people');
      return people;
    },
    writeRoster: (yaml) => writeFile(path('people.yaml'), yaml),
    stage: (rows) => {
      staged = rows;
    },
    path,
    dispose: async () => {
      await agent.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function textOf(flags: Readonly<Record<string, string | null>>): string {
  return Object.entries(flags)
    .flatMap(([flag, value]) => (value === null ? [] : [`-${flag}=${value}\n`]))
    .join('');
}

function linesOf(text: string): string {
  return text.split('\n').sort().join('\n');
}

function configOf(path: (name: string) => string, given: { publicKey: string }): AgentConfig {
  const nothing = ['/bin/true'];
  return parseAgentConfig(
    JSON.stringify({
      host: 'aurora-1',
      cluster: 'east',
      listen: '127.0.0.1:0',
      auroraVersion: release,
      // Whoever owns the bot's host has read the epoch off the status.
      trust: { publicKeys: [given.publicKey], requireEpoch: false },
      people: { mode: 'require', roster: path('people.yaml') },
      scheduler: { httpAddress: '127.0.0.1', httpPort: 8081, libprocess: '127.0.0.1:8083' },
      paths: {
        log: path('db'),
        backups: path('backups'),
        flags: path('flags'),
        state: path('state'),
        mesosLog: '/bin/true',
      },
      drivers: {
        service: { kind: 'command', start: nothing, stop: nothing, kill: nothing, status: nothing },
        traffic: { kind: 'none' },
        flags: { kind: 'flag-file' },
        initializeLog: { kind: 'command', argv: ['/bin/true', '{path}'] },
      },
      bounds: { requestsPerSecond: 1_000_000, requestsBurst: 1_000_000 },
    }),
    'agent.yaml',
  );
}
