import type { LogStorage } from '../storage/log-storage.ts';
import type { BackupWriter } from './backup-writer.ts';

/**
 * A backup is a side effect of a snapshot, once the interval since the last one (at first: since the process
 * started) is over (aurora.md 5.2). `performBackup` counts as one.
 */
export class BackupSchedule {
  private readonly storage: LogStorage;
  private readonly backups: BackupWriter;
  private readonly intervalMs: number;
  private readonly now: () => Date;
  private lastAt: number;
  private written: number;

  /** `intervalMs` in real time. */
  constructor(
    storage: LogStorage,
    backups: BackupWriter,
    { intervalMs, now }: { intervalMs: number; now: () => Date },
  ) {
    this.storage = storage;
    this.backups = backups;
    this.intervalMs = intervalMs;
    this.now = now;
    this.lastAt = now().getTime();
    this.written = backups.succeeded;
  }

  /** Throws RpcFailure as `LogStorage.snapshot` does. */
  async takeSnapshot(): Promise<void> {
    const at = this.now();
    const taken = await this.storage.snapshot(at.getTime());
    if (this.backups.succeeded > this.written) {
      this.written = this.backups.succeeded;
      this.lastAt = at.getTime();
    }
    if (at.getTime() < this.lastAt + this.intervalMs) return;
    this.backups.write(taken, at);
    this.written = this.backups.succeeded;
    this.lastAt = at.getTime();
  }
}
