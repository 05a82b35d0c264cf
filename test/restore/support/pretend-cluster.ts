/**
 * Three schedulers, their logs, ZooKeeper and Mesos in memory, with the behaviour that was measured on real ones
 * (aurora.md 9, 11, 13, 14): elected is not ready, a commit in recovery mode leaves a living process with a closed port,
 * log nodes outlive a stop by the session, and what kills tasks is the first reconciliation.
 */
import type { BackupFile } from '../../../src/aurora/backups.ts';
import type { Clock } from '../../../src/aurora/clock.ts';
import type { Cluster } from '../../../src/aurora/cluster.ts';
import type { HostStatus } from '../../../src/aurora/hosts.ts';
import type { LeaderFinder } from '../../../src/aurora/leader.ts';
import type { MesosMaster } from '../../../src/aurora/mesos.ts';
import { jobKeyText, type TaskRow } from '../../../src/aurora/tasks.ts';
import {
  type SimulatedRelease,
  simulatedReleaseOf,
} from '../../../src/pretend-aurora/release/simulated-release.ts';
import { wholeBlastRadius } from '../../support/whole-blast-radius.ts';
import { pretendMesos, pretendZooKeeper } from './pretend-outside.ts';
import { east, flagsOf, originalFlags, type Scene, standardScene } from './pretend-scene.ts';
import { ReconciliationTimers } from './reconciliation-timers.ts';
import type { RecordedMoment } from './recorded-moment.ts';

/** A replicated log; the hosts whose directory belongs to it hold the same object. */
export interface PretendLog {
  readonly name: string;
  tasks: readonly TaskRow[];
  frameworkId: string | null;
}

export interface PretendHost {
  readonly name: string;
  service: 'running' | 'stopped';
  /** A process that has taken a commit, or lost its place, lives on with its port closed. */
  deaf: boolean;
  /** Its place in the election is another one's, and it goes on as the elected one (aurora.md 14 G). */
  stale: boolean;
  flags: Readonly<Record<string, string>>;
  /** The flags its process was started with. */
  startedFlags: Readonly<Record<string, string>>;
  /** How many processes it has had; each is another one. */
  starts: number;
  flagsAside: Readonly<Record<string, string>> | null;
  /** Hashes of flag files that a real agent has told of this host, by what is in them. */
  readonly toldHashes: Map<string, string>;
  /** Names of its processes that a real agent has told, by how many it has had by then. */
  readonly toldProcesses: Map<number, string>;
  log: PretendLog | null;
  logAside: PretendLog | null;
  readonly logsMovedAway: PretendLog[];
  /** What earlier restores set aside, by their names. */
  readonly setAsideBefore: Map<string, PretendLog>;
  traffic: 'open' | 'blocked';
  backups: ReadonlySet<string>;
  held: ReadonlySet<string>;
  placed: boolean;
  staged: readonly TaskRow[] | null;
  /** Its place in the election, `null` while it does not run. */
  sequence: number | null;
  logNodeUntil: number;
  /** Since when its process is not scheduled: it answers nobody and keeps its session for a while. */
  frozenSince: number | null;
  /** False: its agent answers nobody. */
  agentUp: boolean;
  /** What its agent says otherwise than this host would have it. */
  shows: Partial<HostStatus>;
  /** How far its clock is ahead of everybody else's. */
  clockAheadMs: number;
}

const electionMs = 3_000;
const readyMs = 5_000;
const registrationMs = 2_000;
const sessionMs = 12_000;

export class PretendCluster {
  readonly clock: Clock;
  readonly config: Cluster;
  readonly release: SimulatedRelease;
  readonly hosts: readonly PretendHost[];
  /** Live tasks in Mesos. */
  readonly live = new Map<string, string>();
  /** Of the old logs. */
  readonly frameworkId: string;
  /** Framework ids that have ever registered, and which one is connected. */
  readonly frameworks: Set<string>;
  connected: string | null;
  /** As Aurora asks for: 21 days. */
  failoverTimeoutMs = 21 * 24 * 3_600_000;
  disconnectedAt: number | null = null;
  /** False: nobody reaches it, nobody is elected, and what is elected or staged stays. */
  zookeeperUp = true;
  /** What somebody else has written into the serverset: a second leader, or an election node, both for good. */
  readonly strays = new Set<'member' | 'election'>();
  /** False: nobody reaches it, and nobody registers. */
  mesosUp = true;
  recorded: RecordedMoment | null = null;
  /** Happens once, after the next question about what is staged has arrived and before it is answered. */
  beforeAnswer: (() => void) | null = null;
  /** What is committed kills whoever loads it (aurora.md 16). */
  unlivable = false;
  /** So many calls to reconcile come to a master that has just started and lost them. */
  masterForgets = 0;
  /** Schedulers answer nobody in time until then, or not to the end. */
  busyUntil = 0;
  busyWith: 'rpc-timeout' | 'rpc-truncated' = 'rpc-timeout';
  /** The backup as agents list it. */
  backup: BackupFile;
  /** The tasks in it. */
  backupRows: readonly TaskRow[];
  /** The log that an initialisation of this restore makes, shared by all hosts. */
  blank: PretendLog = { name: 'blank', tasks: [], frameworkId: null };
  /** Runs that the leading process has counted. */
  readonly reconciliations = { explicit: 0, implicit: 0 };
  readonly #copies = new Map<PretendLog, PretendLog>();
  #sequences = 0;
  #leading: { host: string; since: number; readySince: number | null; registered: boolean } | null = null;
  readonly #timers = new ReconciliationTimers();

  constructor(clock: Clock, config: Cluster = east, scene: Scene = standardScene) {
    const { frameworkId, runningTasks, backup, backupTasks } = scene;
    this.clock = clock;
    this.config = config;
    this.frameworkId = frameworkId;
    this.frameworks = new Set([frameworkId]);
    this.connected = frameworkId;
    this.backup = backup;
    this.backupRows = backupTasks;
    this.release = simulatedReleaseOf(config.auroraVersion);
    const flags = flagsOf(config);
    const log: PretendLog = { name: 'old', tasks: runningTasks, frameworkId };
    this.hosts = config.hosts.map(({ name }, index) => ({
      name,
      service: 'running',
      deaf: false,
      stale: false,
      flags,
      startedFlags: flags,
      starts: 1,
      flagsAside: null,
      toldHashes: new Map(),
      toldProcesses: new Map(),
      log,
      logAside: null,
      logsMovedAway: [],
      setAsideBefore: new Map(),
      traffic: 'open',
      backups: new Set(index === 1 ? [backup.name] : []),
      held: new Set(),
      placed: false,
      staged: null,
      sequence: this.#sequences++,
      logNodeUntil: 0,
      frozenSince: null,
      agentUp: true,
      shows: {},
      clockAheadMs: 0,
    }));
    for (const task of runningTasks) this.live.set(task.taskId, jobKeyText(task.jobKey));
    const now = clock.now();
    this.#leading = { host: this.hosts[0]?.name ?? '', since: now, readySince: now, registered: true };
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
    host.starts += 1;
    this.rejoin(host);
  }

  stop(host: PretendHost): void {
    if (host.service === 'stopped') return;
    host.service = 'stopped';
    host.logNodeUntil = this.clock.now() + sessionMs;
    host.deaf = false;
    host.stale = false;
    host.frozenSince = null;
    this.leave(host);
  }

  /** Its process stands still, as under a debugger or a storm of swapping. */
  freeze(host: PretendHost): void {
    host.frozenSince = this.clock.now();
  }

  /** Whoever slept through its session has lost its place: it closes its port, but its process stays (aurora.md 14 H). */
  thaw(host: PretendHost): void {
    this.#settle();
    if (host.frozenSince !== null && host.sequence === null) host.deaf = true;
    host.frozenSince = null;
  }

  /** ZooKeeper was away for longer than its session: another one is elected, and this one does not know. */
  outlast(host: PretendHost): void {
    const { staged } = host;
    this.leave(host);
    host.stale = true;
    host.staged = staged;
  }

  /** `Lost leadership, committing suicide.`: its port closes, but its process stays (aurora.md 16). */
  die(host: PretendHost): void {
    this.leave(host);
    host.deaf = true;
  }

  /** Takes the last place in the election: a start, or an election that moves. */
  rejoin(host: PretendHost): void {
    this.leave(host);
    host.sequence = this.#sequences++;
  }

  leave(host: PretendHost): void {
    this.#runTimers();
    if (this.#leading?.host === host.name) this.#timers.stop();
    host.sequence = null;
    host.staged = null;
    if (this.#leading?.host === host.name) {
      this.reconciliations.explicit = 0;
      this.reconciliations.implicit = 0;
      if (this.#leading.registered) {
        this.connected = null;
        this.disconnectedAt = this.clock.now();
      }
      this.#leading = null;
    }
  }

  /** What a commit that was applied leaves behind. */
  applyCommit(host: PretendHost): void {
    const log = this.#agreedLog();
    if (log === null || host.staged === null) throw new Error('nothing to commit');
    log.tasks = host.staged;
    log.frameworkId = this.frameworkId;
    // Up to 0.20 the process ends by itself; later one stays, deaf, and still votes (aurora.md 14 C).
    if (this.release.endsAfterCommit !== 'when-active') this.stop(host);
    else host.deaf = true;
    this.leave(host);
  }

  /** Counts a run; nothing comes of it before the registration, or while the master is away (aurora.md 16). */
  askToReconcile(kind: 'explicit' | 'implicit'): void {
    const { registered } = this.look();
    if (registered && this.masterForgets === 0 && this.mesosUp) this.reconcile(kind);
    else this.reconciliations[kind] += 1;
    this.masterForgets = Math.max(0, this.masterForgets - 1);
  }

  /** Explicit: what does not run is lost and launched again. Implicit: what is not known is killed (aurora.md 11.3). */
  reconcile(kind: 'explicit' | 'implicit'): void {
    const log = this.#agreedLog();
    if (log === null) return;
    this.reconciliations[kind] += 1;
    const running = [...this.live].map(([taskId, name]) => ({ taskId, name }));
    const blast = wholeBlastRadius({ backup: log.tasks, running });
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

  /** One copy of a set-aside log: the directories it is copied to belong together. */
  copyOf(log: PretendLog): PretendLog {
    const copy = this.#copies.get(log) ?? { ...log };
    this.#copies.set(log, copy);
    return copy;
  }

  /** What a restore that has ended set aside gets its name, so that another one can set its own aside. */
  fileAway(restoreId: string): void {
    for (const host of this.hosts) {
      if (host.logAside !== null) host.setAsideBefore.set(restoreId, host.logAside);
      host.logAside = null;
      host.flagsAside = null;
    }
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

  readonly leader: LeaderFinder = pretendZooKeeper(this);
  readonly mesos: MesosMaster = pretendMesos(this);

  #settle(): void {
    const now = this.clock.now();
    this.#runTimers();
    for (const host of this.hosts) {
      if (host.frozenSince !== null && now >= host.frozenSince + sessionMs && host.sequence !== null)
        this.leave(host);
    }
    if (!this.zookeeperUp && this.#leading === null) return;
    const [lowest] = this.hosts
      .filter((host) => host.sequence !== null)
      .sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0));
    if (lowest === undefined) return;
    this.#leading ??= { host: lowest.name, since: now + electionMs, readySince: null, registered: false };
    const leading = this.#leading;
    const quorum = this.hosts.filter((host) => host.service === 'running' && host.log !== null).length >= 2;
    if (leading.readySince === null) {
      if (now < leading.since + readyMs || !quorum || !this.zookeeperUp) return;
      if (this.unlivable && this.#agreedLog() === this.blank && this.blank.tasks.length > 0) {
        this.die(this.host(leading.host));
        return;
      }
      // Looked at late, it has been READY since then.
      leading.readySince = leading.since + readyMs;
    }
    const flags = this.host(leading.host).startedFlags;
    const isolated = flags['mesos_master_address'] !== originalFlags['mesos_master_address'];
    if (leading.registered || isolated || !this.mesosUp || now < leading.readySince + registrationMs) return;
    this.#register(leading);
    this.#timers.start({ flags, release: this.release, now });
    this.#runTimers();
  }

  #runTimers(): void {
    for (const kind of this.#timers.takeDue(this.clock.now())) this.reconcile(kind);
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
