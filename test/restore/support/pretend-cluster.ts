/**
 * Three schedulers, their logs, ZooKeeper and Mesos in memory, with the behaviour that was measured on real ones
 * (aurora.md 9, 11, 13, 14): elected is not ready, a commit in recovery mode leaves a living process with a closed port,
 * log nodes outlive a stop by the session, and what kills tasks is the first reconciliation.
 */
import type { BackupFile } from '../../../src/aurora/backups.ts';
import type { Clock } from '../../../src/aurora/clock.ts';
import type { HostStatus } from '../../../src/aurora/hosts.ts';
import type { Candidate, LeaderFinder } from '../../../src/aurora/leader.ts';
import type { MesosMaster } from '../../../src/aurora/mesos.ts';
import { jobKeyText, type TaskRow } from '../../../src/aurora/tasks.ts';
import { computeBlastRadius } from '../../../src/backups/blast-radius.ts';
import {
  backupFile,
  backupName,
  frameworkId,
  hostNames,
  originalFlags,
  runningTasks,
} from './pretend-scene.ts';

/** A replicated log; the hosts whose directory belongs to it hold the same object. */
export interface PretendLog {
  readonly name: string;
  tasks: readonly TaskRow[];
  frameworkId: string | null;
}

export interface PretendHost {
  readonly name: string;
  service: 'running' | 'stopped';
  /** A process that has taken a commit lives on with its port closed. */
  deaf: boolean;
  flags: Readonly<Record<string, string>>;
  /** The flags its process was started with. */
  startedFlags: Readonly<Record<string, string>>;
  flagsAside: Readonly<Record<string, string>> | null;
  log: PretendLog | null;
  logAside: PretendLog | null;
  readonly logsMovedAway: PretendLog[];
  traffic: 'open' | 'blocked';
  backups: ReadonlySet<string>;
  held: ReadonlySet<string>;
  placed: boolean;
  staged: readonly TaskRow[] | null;
  /** Its place in the election, `null` while it does not run. */
  sequence: number | null;
  logNodeUntil: number;
  /** False: its agent answers nobody. */
  agentUp: boolean;
  /** What its agent says otherwise than this host would have it. */
  shows: Partial<HostStatus>;
  /** How far its clock is ahead of everybody else's. */
  clockAheadMs: number;
}

/** What real hosts answered at one moment of a recording; while it is set, the pretend ones say the same. */
export interface RecordedMoment {
  readonly hosts: ReadonlyMap<
    string,
    { readonly vars: Readonly<Record<string, number | string>>; leaderHealth: number; storageReady: boolean }
  >;
  readonly candidates: readonly Candidate[];
}

const electionMs = 3_000;
const readyMs = 5_000;
const registrationMs = 2_000;
const sessionMs = 12_000;
const askingMs = 5;
const held = '365days';

export class PretendCluster {
  readonly clock: Clock;
  readonly hosts: readonly PretendHost[];
  /** Live tasks in Mesos. */
  readonly live = new Map<string, string>();
  /** Framework ids that have ever registered, and which one is connected. */
  readonly frameworks = new Set([frameworkId]);
  connected: string | null = frameworkId;
  /** As Aurora asks for: 21 days. */
  failoverTimeoutMs = 21 * 24 * 3_600_000;
  #disconnectedAt: number | null = null;
  recorded: RecordedMoment | null = null;
  /** Schedulers answer nobody in time until then. */
  busyUntil = 0;
  /** The backup as agents list it. */
  backup: BackupFile = backupFile;
  /** The log that an initialisation of this restore makes, shared by all hosts. */
  blank: PretendLog = { name: 'blank', tasks: [], frameworkId: null };
  /** Runs that the leading process has counted. */
  readonly reconciliations = { explicit: 0, implicit: 0 };
  #sequences = 0;
  #leading: { host: string; since: number; readySince: number | null; registered: boolean } | null = null;

  constructor(clock: Clock) {
    this.clock = clock;
    const log: PretendLog = { name: 'old', tasks: runningTasks, frameworkId };
    this.hosts = hostNames.map((name) => ({
      name,
      service: 'running',
      deaf: false,
      flags: originalFlags,
      startedFlags: originalFlags,
      flagsAside: null,
      log,
      logAside: null,
      logsMovedAway: [],
      traffic: 'open',
      backups: new Set(name === 'aurora-2' ? [backupName] : []),
      held: new Set(),
      placed: false,
      staged: null,
      sequence: this.#sequences++,
      logNodeUntil: 0,
      agentUp: true,
      shows: {},
      clockAheadMs: 0,
    }));
    for (const task of runningTasks) this.live.set(task.taskId, jobKeyText(task.jobKey));
    const now = clock.now();
    this.#leading = { host: 'aurora-1', since: now, readySince: now, registered: true };
  }

  host(name: string): PretendHost {
    const host = this.hosts.find((candidate) => candidate.name === name);
    if (host === undefined) throw new Error(`no host ${name}`);
    return host;
  }

  start(host: PretendHost): void {
    if (host.service === 'running') return;
    host.service = 'running';
    host.startedFlags = host.flags;
    this.rejoin(host);
  }

  stop(host: PretendHost): void {
    if (host.service === 'stopped') return;
    host.service = 'stopped';
    host.logNodeUntil = this.clock.now() + sessionMs;
    host.deaf = false;
    this.leave(host);
  }

  /** Takes the last place in the election: a start, or an election that moves. */
  rejoin(host: PretendHost): void {
    this.leave(host);
    host.sequence = this.#sequences++;
  }

  leave(host: PretendHost): void {
    host.sequence = null;
    host.staged = null;
    if (this.#leading?.host === host.name) {
      if (this.#leading.registered) {
        this.connected = null;
        this.reconciliations.explicit = 0;
        this.reconciliations.implicit = 0;
        this.#disconnectedAt = this.clock.now();
      }
      this.#leading = null;
    }
  }

  /** What a commit that was applied leaves behind. */
  applyCommit(host: PretendHost): void {
    const log = this.#agreedLog();
    if (log === null || host.staged === null) throw new Error('nothing to commit');
    log.tasks = host.staged;
    log.frameworkId = frameworkId;
    host.deaf = true;
    this.leave(host);
  }

  /** Explicit: what does not run is lost and launched again. Implicit: what is not known is killed (aurora.md 11.3). */
  reconcile(kind: 'explicit' | 'implicit'): void {
    const log = this.#agreedLog();
    if (log === null) return;
    this.reconciliations[kind] += 1;
    const running = [...this.live].map(([taskId, name]) => ({ taskId, name }));
    const blast = computeBlastRadius({ backup: log.tasks, running });
    if (kind === 'implicit') {
      for (const task of blast.killed) this.live.delete(task.taskId);
      return;
    }
    const lost = new Set(blast.rescheduled.map((task) => task.taskId));
    const again = (task: TaskRow): TaskRow =>
      lost.has(task.taskId) ? { ...task, taskId: `${task.taskId}-again` } : task;
    log.tasks = log.tasks.map(again);
    for (const task of blast.rescheduled) this.live.set(again(task).taskId, jobKeyText(task.jobKey));
  }

  /** The elected host, how far it is, and what its store shows; brought up to the present first. */
  look(): { host: string | null; ready: boolean; registered: boolean; tasks: readonly TaskRow[] } {
    this.#settle();
    const { host = null, since = 0, readySince = null, registered = false } = this.#leading ?? {};
    const elected = this.clock.now() >= since ? host : null;
    return { host: elected, ready: readySince !== null, registered, tasks: this.#agreedLog()?.tasks ?? [] };
  }

  /** What a restore may change, for a comparison before and after. */
  picture(): unknown {
    return {
      hosts: this.hosts.map(({ name, service, deaf, flags, log, traffic, backups }) => ({
        name,
        service,
        deaf,
        flags,
        log: log?.name,
        tasks: log?.tasks,
        traffic,
        backups: [...backups],
      })),
      live: [...this.live.keys()].sort(),
      frameworks: [...this.frameworks],
    };
  }

  readonly leader: LeaderFinder = {
    findLeader: () => {
      if (this.recorded !== null) {
        return Promise.resolve({ kind: 'none', candidates: this.recorded.candidates });
      }
      const { host, registered } = this.look();
      const candidates = this.hosts
        .flatMap(({ name, sequence }) =>
          sequence === null ? [] : [{ host: name, sequence, node: `_c_${sequence}` }],
        )
        .sort((a, b) => a.sequence - b.sequence);
      return Promise.resolve(
        host !== null && registered
          ? { kind: 'one', endpoint: { host, port: 8081 }, node: 'member_0', candidates }
          : { kind: 'none', candidates },
      );
    },
    listLogReplicas: () =>
      Promise.resolve(
        this.hosts
          .filter((host) => host.service === 'running' || this.clock.now() < host.logNodeUntil)
          .map(({ name }) => ({ node: name, address: `log-replica(1)@${name}:8083` })),
      ),
    close: () => Promise.resolve(),
  };

  readonly mesos: MesosMaster = {
    listLiveTasks: async () => {
      await this.clock.sleep(askingMs);
      this.#settle();
      return [...this.live].map(([taskId, name]) => ({ taskId, name, agentId: 'S1', state: 'TASK_RUNNING' }));
    },
    listFrameworks: async () => {
      await this.clock.sleep(askingMs);
      this.#settle();
      return [...this.frameworks].map((id) => ({
        frameworkId: id,
        name: 'Aurora',
        connected: id === this.connected,
        failoverTimeoutMs: this.failoverTimeoutMs,
        unregisteredAtMs: id === this.connected ? null : this.#disconnectedAt,
      }));
    },
  };

  #settle(): void {
    const now = this.clock.now();
    const [lowest] = this.hosts
      .filter((host) => host.sequence !== null)
      .sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0));
    if (lowest === undefined) return;
    this.#leading ??= { host: lowest.name, since: now + electionMs, readySince: null, registered: false };
    const leading = this.#leading;
    const quorum = this.hosts.filter((host) => host.service === 'running' && host.log !== null).length >= 2;
    if (leading.readySince === null) {
      if (now < leading.since + readyMs || !quorum) return;
      // Looked at late, it has been READY since then.
      leading.readySince = leading.since + readyMs;
    }
    const flags = this.host(leading.host).startedFlags;
    const isolated = flags['mesos_master_address'] !== originalFlags['mesos_master_address'];
    if (leading.registered || isolated || now < leading.readySince + registrationMs) return;
    this.#register(leading);
    if (flags['reconciliation_initial_delay'] !== held) {
      this.reconcile('explicit');
      this.reconcile('implicit');
    }
  }

  #register(leading: { registered: boolean }): void {
    const log = this.#agreedLog();
    if (log === null) return;
    leading.registered = true;
    log.frameworkId ??= `fw-${this.frameworks.size + 1}`;
    this.frameworks.add(log.frameworkId);
    this.connected = log.frameworkId;
  }

  /** What the schedulers that run see: one old log among new ones can win (aurora.md 14 F). */
  #agreedLog(): PretendLog | null {
    const logs = this.hosts.flatMap((host) =>
      host.service === 'running' && host.log !== null ? [host.log] : [],
    );
    return logs.find((log) => log !== this.blank) ?? logs[0] ?? null;
  }
}
