import type { Clock } from '../../aurora/clock.ts';
import type { Push } from '../mesos/master/protocol.ts';
import type { SimulatedRelease } from '../release/simulated-release.ts';
import type { Settings } from './flags/settings.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Ensemble } from './log/ensemble.ts';
import { LogWriter } from './log/log-writer.ts';
import { winLog } from './log/win-log.ts';
import { connectDriver, type Driver, judgeMasterAddress } from './mesos/driver.ts';
import { Reconciler } from './reconciler.ts';
import type { LogStorage } from './storage/log-storage.ts';
import { TaskKeeper } from './tasks/task-keeper.ts';
import type { TimeScale } from './time-scale.ts';
import { Timers } from './timers.ts';
import type { World } from './world.ts';

interface LeadershipOptions {
  readonly release: SimulatedRelease;
  readonly settings: Settings;
  readonly world: World;
  readonly clock: Clock;
  readonly say: (line: string) => void;
  readonly scale: TimeScale;
  readonly answerMsMin: number;
  readonly lifecycle: Lifecycle;
  readonly storage: LogStorage;
  readonly takeSnapshot: () => Promise<void>;
  /** Writes the member node. */
  readonly advertise: () => Promise<void>;
  readonly shutDown: (why: string) => void;
  /** The shutdown never ends: port open, SIGTERM without effect. */
  readonly deadlock: () => void;
  /** Aborts when the scheduler ends. */
  readonly signal: AbortSignal;
}

const reconnectSeconds = 1;
const frameworkFailoverSecs = 21 * 86_400;
/** A replacement or a waiting task is placed so many (scaled) seconds later. */
const launchSeconds = 1;

/**
 * What an elected scheduler does, in this order: win and replay the log, register with Mesos, serve as
 * leader.
 */
export class Leadership {
  private readonly options: LeadershipOptions;
  private readonly timers = new Timers();
  private driver: Driver | null = null;
  private keeper: TaskKeeper | null = null;
  readonly reconciler = new Reconciler(() => this.keeper);

  constructor(options: LeadershipOptions) {
    this.options = options;
  }

  get illegalTransitions(): number {
    return this.keeper?.illegalTransitions ?? 0;
  }

  /** The gauge is up already; READY comes only here, and registration after it (aurora.md 13). */
  async begin(ensemble: Ensemble): Promise<void> {
    const { settings, scale, storage, clock, say, signal, shutDown } = this.options;
    const writer = new LogWriter({ ensemble, quorum: settings.log.quorum });
    const entries = await winLog(writer, {
      attempts: settings.log.electionRetries,
      everyMs: scale.seconds(settings.log.electionTimeoutMs),
      answerMs: this.options.answerMsMin,
      clock,
      signal,
      say,
    });
    if (signal.aborted) return;
    if (entries === null) {
      shutDown('could not win the replicated log');
      return;
    }
    storage.start(writer, entries);
    if (this.options.release.backsUpUnregistered) this.snapshotByTimer();
    this.register();
  }

  stop(): void {
    this.timers.stop();
    this.driver?.close();
  }

  private register(): void {
    const { settings, world, scale, storage, say, lifecycle, shutDown } = this.options;
    const address = settings.mesosMasterAddress;
    const kind = judgeMasterAddress(address, world.mesos.address);
    if (kind === 'refused') {
      say(`Failed to create a master detector for '${address}': Expecting a (chroot) path for ZooKeeper`);
      this.options.deadlock();
      lifecycle.moveTo('DEAD');
      return;
    }
    this.timers.after(scale.seconds(settings.maxRegistrationDelayMs), () => {
      if (lifecycle.state !== 'ACTIVE') {
        shutDown('Framework has not been registered within the tolerated delay.');
      }
    });
    const { frameworkId } = storage.store;
    say(
      frameworkId === null
        ? 'Did not find a persisted framework ID, connecting as a new framework.'
        : `Found persisted framework ID: ${frameworkId}`,
    );
    if (kind === 'the-master') this.connect();
  }

  private connect(): void {
    const { settings, world, storage, shutDown, signal } = this.options;
    this.driver = connectDriver({
      url: world.mesos.url,
      subscribe: {
        frameworkId: storage.store.frameworkId,
        name: 'Aurora',
        failoverTimeoutSecs: frameworkFailoverSecs,
        host: settings.hostname,
      },
      onPush: (push) => {
        this.take(push).catch((thrown: unknown) => {
          shutDown(thrown instanceof Error ? thrown.message : String(thrown));
        });
      },
      onLost: () => {
        this.timers.after(reconnectSeconds * world.time.msPerSecond, () => {
          if (!signal.aborted) this.connect();
        });
      },
    });
  }

  private async take(push: Push): Promise<void> {
    if (this.options.signal.aborted) return;
    if (push.type === 'error') this.options.shutDown(push.message);
    else if (push.type === 'update') this.keeper?.takeUpdate(push.taskId, push.state);
    else if (this.keeper === null) await this.becomeActive(push);
  }

  /** Up to 0.8 an executor on every machine compares what runs there with what the store says. */
  private compareByTimer(): void {
    const { settings, world, scale, release } = this.options;
    const { timers, reconciler } = this;
    if (release.reconciliation !== 'by-executor') {
      reconciler.start(settings.reconciliation, { msPerMinute: world.time.msPerMinute, timers });
    } else if (settings.gcExecutorIntervalMs !== null) {
      const everyMs = scale.minutes(settings.gcExecutorIntervalMs);
      timers.every({ firstMs: everyMs, everyMs }, () => {
        reconciler.explicit();
        reconciler.implicit();
      });
    }
  }

  private snapshotByTimer(): void {
    const { settings, scale, takeSnapshot } = this.options;
    const everyMs = scale.hours(settings.snapshotIntervalMs);
    this.timers.every({ firstMs: everyMs, everyMs }, () => {
      takeSnapshot().catch(() => undefined);
    });
  }

  /** The first registration. A new framework id is in the log before anything else happens. */
  private async becomeActive({ frameworkId, agents }: Extract<Push, { type: 'subscribed' }>): Promise<void> {
    const { settings, world, scale, storage, lifecycle, say, clock } = this.options;
    say(`Registered with ID ${frameworkId}`);
    this.keeper = new TaskKeeper(storage, (call) => this.driver?.call(call), {
      frameworkId,
      agents,
      countsPartitions: this.options.release.countsPartitions,
      host: settings.hostname,
      seed: world.seed,
      now: () => clock.now(),
      timers: this.timers,
      launchDelayMs: launchSeconds * world.time.msPerSecond,
      transientTimeoutMs: scale.minutes(settings.transientTimeoutMs),
    });
    if (storage.store.frameworkId !== frameworkId) {
      await storage.write({ save: { schedulerMetadata: { frameworkId } } });
    }
    lifecycle.moveTo('ACTIVE');
    this.keeper.start();
    this.compareByTimer();
    if (!this.options.release.backsUpUnregistered) this.snapshotByTimer();
    this.timers.after(scale.hours(settings.maxLeadingMs), () => {
      this.options.shutDown('Leading for too long, time to fail over.');
    });
    await this.options.advertise();
  }
}
