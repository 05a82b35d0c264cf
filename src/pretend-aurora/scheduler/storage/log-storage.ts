import type { SimulatedRelease } from '../../release/simulated-release.ts';
import { RpcFailure } from '../api/rpc-failure.ts';
import { LogWriteError, type LogWriter } from '../log/log-writer.ts';
import { JavaFailure } from './java-failure.ts';
import { causeOfDeath } from './life-rules.ts';
import { decodeLogEntry, encodeLogEntry, type LogEntry } from './log-entry.ts';
import { type Snapshot, Store, type StoreChange } from './store.ts';

/** What the storage has done since the process started, for `/vars`. */
interface StorageCounters {
  snapshots: number;
  unSnapshotted: number;
  entriesRead: number;
  entriesWritten: number;
  bytesRead: number;
  bytesWritten: number;
}

/**
 * The store behind the replicated log: nothing is READY before the log has been won and replayed, and every
 * change is in a quorum of logs before it is in memory. One write at a time.
 */
export class LogStorage {
  readonly store = new Store();
  readonly counters: StorageCounters = {
    snapshots: 0,
    unSnapshotted: 0,
    entriesRead: 0,
    entriesWritten: 0,
    bytesRead: 0,
    bytesWritten: 0,
  };
  private writer: LogWriter | null = null;
  private turn: Promise<unknown> = Promise.resolve();
  private readonly writeTimeoutMs: number;
  private readonly say: (line: string) => void;
  private readonly onWriteFailed: () => void;
  private readonly release: SimulatedRelease;

  /** `onWriteFailed`: any failed write ends the scheduler, whatever became of it (aurora.md 4.2). */
  constructor(options: {
    release: SimulatedRelease;
    writeTimeoutMs: number;
    say: (line: string) => void;
    onWriteFailed: () => void;
  }) {
    this.release = options.release;
    this.writeTimeoutMs = options.writeTimeoutMs;
    this.say = options.say;
    this.onWriteFailed = options.onWriteFailed;
  }

  get isReady(): boolean {
    return this.writer !== null;
  }

  /** Throws RpcFailure ERROR_TRANSIENT while the log has not been replayed. */
  requireReady(): Store {
    if (this.writer === null) throw new RpcFailure('ERROR_TRANSIENT', 'Storage is not READY');
    return this.store;
  }

  /** Replays what the election brought and opens for writes. Throws JavaFailure for what kills a scheduler that loads it. */
  start(writer: LogWriter, entries: readonly Buffer[]): void {
    for (const bytes of entries) {
      this.counters.entriesRead++;
      this.counters.bytesRead += bytes.length;
      this.replay(decodeLogEntry(bytes));
    }
    const death = causeOfDeath(this.store.toSnapshot(0, this.release));
    if (death !== null) {
      this.say(`Caught unchecked exception: ${death.exception}: ${death.message}`);
      throw new JavaFailure('load', `${death.exception}: ${death.message}`);
    }
    this.writer = writer;
    this.say('storage state machine transition PREPARED -> READY');
  }

  /** Throws RpcFailure: not ready, or the log's own words for a failed write. */
  async write(change: StoreChange): Promise<void> {
    await this.inTurn(async (writer) => {
      await this.append(writer, { kind: 'transaction', change });
      this.store.apply(change);
      this.counters.unSnapshotted++;
    });
  }

  /** Writes the live state as a snapshot and drops what was before it. Returns what it wrote. */
  async snapshot(nowMs: number): Promise<Snapshot> {
    let taken: Snapshot = {};
    await this.inTurn(async (writer) => {
      taken = this.store.toSnapshot(nowMs, this.release);
      await this.persistSnapshot(writer, taken);
    });
    return taken;
  }

  /**
   * The commit of a restore: the log gets this state, memory keeps the old one until the process ends
   * (aurora.md 4.4).
   */
  async replaceLog(snapshot: Snapshot): Promise<void> {
    await this.inTurn((writer) => this.persistSnapshot(writer, snapshot));
  }

  private async persistSnapshot(writer: LogWriter, snapshot: Snapshot): Promise<void> {
    await this.append(writer, { kind: 'snapshot', snapshot });
    await writer.truncateBeforeLast(this.writeTimeoutMs);
    this.counters.snapshots++;
    this.counters.unSnapshotted = 0;
  }

  private async append(writer: LogWriter, entry: LogEntry): Promise<void> {
    const bytes = encodeLogEntry(entry);
    await writer.append(bytes, this.writeTimeoutMs);
    this.counters.entriesWritten++;
    this.counters.bytesWritten += bytes.length;
  }

  private async inTurn(work: (writer: LogWriter) => Promise<void>): Promise<void> {
    this.requireReady();
    const mine = this.turn.then(async () => {
      if (this.writer === null) throw new RpcFailure('ERROR_TRANSIENT', 'Storage is not READY');
      await work(this.writer);
    });
    this.turn = mine.catch(() => undefined);
    try {
      await mine;
    } catch (thrown) {
      if (!(thrown instanceof LogWriteError)) throw thrown;
      this.onWriteFailed();
      throw new RpcFailure('ERROR', thrown.message);
    }
  }

  private replay(entry: LogEntry): void {
    if (entry.kind === 'transaction') {
      this.store.apply(entry.change);
      return;
    }
    this.say(`Applying snapshot taken on ${new Date(entry.snapshot.timestamp ?? 0).toUTCString()}`);
    this.store.load(entry.snapshot);
  }
}
