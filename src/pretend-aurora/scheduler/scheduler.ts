import fs from 'node:fs';
import type { Clock } from '../../aurora/clock.ts';
import type { Endpoint } from '../../aurora/leader.ts';
import { Replica } from '../mesos/log/replica.ts';
import { type SimulatedRelease, simulatedReleaseOf } from '../release/simulated-release.ts';
import type { HttpServer } from '../serve-http.ts';
import { readRealm } from './api/basic-auth.ts';
import type { ApiContext } from './api/context.ts';
import { startHttpServer } from './api/http-server.ts';
import { DroppedConnection, RpcFailure } from './api/rpc-failure.ts';
import { collectVars } from './api/vars.ts';
import { Befalls } from './befalls.ts';
import { Candidacy } from './candidacy.ts';
import type { Settings } from './flags/settings.ts';
import { Leadership } from './leadership.ts';
import { Lifecycle } from './lifecycle.ts';
import { catchUp } from './log/catch-up.ts';
import { Ensemble } from './log/ensemble.ts';
import { startReplicaServer } from './log/replica-server.ts';
import { BackupSchedule } from './recovery/backup-schedule.ts';
import { BackupWriter } from './recovery/backup-writer.ts';
import { Recovery } from './recovery/recovery.ts';
import { LogStorage } from './storage/log-storage.ts';
import { timeScale } from './time-scale.ts';
import { witnessTo } from './witness.ts';
import type { World } from './world.ts';

interface SchedulerOptions {
  readonly settings: Settings;
  readonly world: World;
  readonly clock: Clock;
  readonly newId: () => string;
  /** The scheduler's log. */
  readonly say: (line: string) => void;
  /** Ends the process; called at most once. */
  readonly exit: (code: number) => void;
  /** What `/vars` shows as the JVM's command line. */
  readonly commandLine: string;
}

/**
 * Replies on loopback need no more, however fast the drill's time runs; less would lose quorums to a busy
 * machine.
 */
const answerMsMin = 2_000;
/** Between the reply to a commit and the closing of the port (seen: 0.1 s). */
const closePortAfterMs = 100;

/**
 * One simulated scheduler of the release that its world names (aurora.md 1, 2, 4, 5, 8, 9, 11, 13, 14). The order of its life
 * is in `start`; what it does as elected one is in `leadership.ts`.
 */
export class Scheduler {
  readonly lifecycle: Lifecycle;
  readonly storage: LogStorage;
  readonly recovery: Recovery;
  readonly backups: BackupWriter;
  private readonly options: SchedulerOptions;
  private readonly release: SimulatedRelease;
  private readonly startedAt: number;
  private readonly ended = new AbortController();
  private readonly befalls: Befalls;
  private readonly candidacy: Candidacy;
  private readonly leadership: Leadership;
  private readonly schedule: BackupSchedule;
  private replica: Replica | null = null;
  private replicaServer: HttpServer | null = null;
  private http: HttpServer | null = null;
  private ensemble: Ensemble | null = null;
  private deadlocked = false;
  private termination: Promise<void> | null = null;

  constructor(options: SchedulerOptions) {
    const { settings, world, clock, say } = options;
    const scale = timeScale(world.time);
    this.options = options;
    this.release = simulatedReleaseOf(world.auroraVersion);
    this.startedAt = clock.now();
    this.befalls = new Befalls(world.befalls, { clock, signal: this.ended.signal });
    this.lifecycle = new Lifecycle(say);
    this.recovery = new Recovery(settings.backup.directory, this.release);
    this.backups = new BackupWriter(settings.backup);
    this.storage = new LogStorage({
      release: this.release,
      writeTimeoutMs: Math.max(answerMsMin, scale.seconds(settings.log.writeTimeoutMs)),
      say,
      onWriteFailed: () => this.shutDown('a write to the replicated log failed'),
    });
    this.schedule = new BackupSchedule(this.storage, this.backups, {
      intervalMs: scale.hours(settings.backup.intervalMs),
      now: () => new Date(clock.now()),
    });
    this.candidacy = new Candidacy({
      ...options,
      release: this.release,
      lifecycle: this.lifecycle,
      befalls: this.befalls,
      onElected: () => this.lead(),
      onDefeated: () => this.shutDown('Lost leadership, committing suicide.'),
      signal: this.ended.signal,
    });
    this.leadership = new Leadership({
      ...options,
      release: this.release,
      scale,
      answerMsMin,
      lifecycle: this.lifecycle,
      storage: this.storage,
      takeSnapshot: () => this.schedule.takeSnapshot(),
      advertise: () => this.candidacy.advertise(this.self()),
      shutDown: (why) => this.shutDown(why),
      deadlock: () => {
        this.deadlocked = true;
        if (!this.release.answersInDeadlock) void this.http?.close();
      },
      signal: this.ended.signal,
    });
  }

  /**
   * Up to the standby state; the election comes later by itself. Rejects with OpenError or a bind error when
   * the log or a port is held by another process.
   */
  async start(): Promise<void> {
    const { settings, world, clock, say } = this.options;
    this.lifecycle.moveTo('PREPARING_STORAGE');
    const [ip = '127.0.0.1', port = '0'] = world.libprocess.split(':');
    this.replicaServer = await startReplicaServer({
      host: ip,
      port: Number(port),
      replica: () => this.replica,
      ensembleSize: () => world.replicas.length,
    });
    this.replica = new Replica(settings.log.path);
    say(this.replica.summary);
    fs.mkdirSync(settings.backup.directory, { recursive: true });
    fs.accessSync(settings.backup.directory, fs.constants.W_OK);
    this.ensemble = new Ensemble({
      replica: this.replica,
      self: world.libprocess,
      replicas: world.replicas,
    });
    void catchUp({
      ensemble: this.ensemble,
      quorum: settings.log.quorum,
      msPerSecond: world.time.msPerSecond,
      clock,
      signal: this.ended.signal,
      say,
    });
    this.http = await startHttpServer({
      host: settings.ip,
      port: settings.httpPort,
      context: this.apiContext(),
      realm: settings.basicAuth && settings.shiroIniPath !== null ? readRealm(settings.shiroIniPath) : null,
      facts: {
        leader: () => this.candidacy.leader(),
        self: () => this.self(),
        vars: () => this.vars(),
      },
    });
    this.lifecycle.moveTo('STORAGE_PREPARED');
    await clock.sleep(world.joinAfterMs, this.ended.signal);
    await this.candidacy.join();
  }

  get httpPort(): number {
    return this.http?.port ?? 0;
  }

  /** SIGTERM: an orderly end within milliseconds, except for a scheduler that deadlocked. */
  async terminate(): Promise<void> {
    if (this.deadlocked) return;
    this.termination ??= this.closeAll();
    await this.termination;
  }

  private async closeAll(): Promise<void> {
    if (!this.ended.signal.aborted && this.lifecycle.state !== 'DEAD') this.lifecycle.moveTo('DEAD');
    this.ended.abort();
    this.leadership.stop();
    await Promise.all([this.http?.close(), this.replicaServer?.close()]);
    await this.candidacy.close().catch(() => undefined);
    this.replica?.close();
    this.options.exit(0);
  }

  /**
   * The application ends: lifecycle DEAD, leadership given up, driver stopped, port closed. A scheduler that
   * was ACTIVE ends its process soon after. With some releases one that was not stays as a process, with its
   * log's lock, its libprocess port and its vote, until somebody stops it (aurora.md 13, 14 C).
   */
  private shutDown(why: string, resign = () => this.candidacy.resign()): void {
    if (this.ended.signal.aborted) return;
    const wasActive = this.lifecycle.state === 'ACTIVE';
    this.options.say(`Shutting down application: ${why}`);
    this.lifecycle.moveTo('DEAD');
    this.ended.abort();
    this.leadership.stop();
    const resigned = resign().catch(() => undefined);
    setTimeout(() => {
      void this.http?.close();
      if (wasActive || this.endsByItself()) void resigned.then(() => this.terminate());
    }, closePortAfterMs);
  }

  private endsByItself(): boolean {
    const { endsAfterCommit } = this.release;
    return (
      endsAfterCommit === 'always' ||
      (endsAfterCommit === 'without-webhook' && !this.options.settings.hasWebhook)
    );
  }

  private lead(): void {
    if (this.ended.signal.aborted || this.ensemble === null) return;
    this.lifecycle.moveTo('LEADER_AWAITING_REGISTRATION');
    this.options.say('Elected as leading scheduler!');
    this.leadership.begin(this.ensemble).catch((thrown: unknown) => {
      this.shutDown(thrown instanceof Error ? thrown.message : String(thrown));
    });
  }

  private apiContext(): ApiContext {
    const { settings, clock } = this.options;
    return {
      release: this.release,
      settings,
      storage: this.storage,
      recovery: this.recovery,
      backups: this.backups,
      reconciler: this.leadership.reconciler,
      now: () => new Date(clock.now()),
      witness: witnessTo(this.options.world.effects),
      takeSnapshot: () => this.schedule.takeSnapshot(),
      commit: () => this.commit(),
      standStill: (call) => this.befalls.standStill(call),
    };
  }

  private async commit(): Promise<void> {
    const { world, clock, settings } = this.options;
    const snapshot = this.recovery.toSnapshot();
    this.storage.requireReady();
    await this.befalls.standStill('commitRecovery');
    if (world.commit === 'append-timeout-not-applied') {
      await clock.sleep(timeScale(world.time).seconds(settings.log.writeTimeoutMs));
    } else {
      await this.storage.replaceLog(snapshot);
    }
    const advertisesAgain = this.release.advertisesWhileDying && this.lifecycle.state === 'ACTIVE';
    if (advertisesAgain) this.shutDown('commitRecovery', () => this.candidacy.abandon(this.self()));
    else this.shutDown('commitRecovery');
    if (world.commit === 'lose-reply' || !this.release.repliesToCommit) throw new DroppedConnection();
    if (world.commit !== 'reply') throw new RpcFailure('ERROR', 'Timeout performing log append');
  }

  private self(): Endpoint {
    return { host: this.options.settings.hostname, port: this.httpPort };
  }

  private vars(): Readonly<Record<string, number | string>> {
    const { clock, world, commandLine } = this.options;
    return collectVars({
      release: this.release,
      lifecycle: this.lifecycle,
      storage: this.storage,
      backups: this.backups,
      uptimeSecs: () => Math.floor((clock.now() - this.startedAt) / world.time.msPerSecond),
      isRegistered: () => this.lifecycle.state === 'ACTIVE',
      reconciliations: () => ({
        explicit: this.leadership.reconciler.explicitRuns,
        implicit: this.leadership.reconciler.implicitRuns,
      }),
      illegalTransitions: () => this.leadership.illegalTransitions,
      commandLine,
    });
  }
}
