import type { SimulatedRelease } from '../../release/simulated-release.ts';
import type { HeldCall } from '../befalls.ts';
import type { Settings } from '../flags/settings.ts';
import type { Reconciler } from '../reconciler.ts';
import type { BackupWriter } from '../recovery/backup-writer.ts';
import type { Recovery } from '../recovery/recovery.ts';
import type { LogStorage } from '../storage/log-storage.ts';

/** What the calls work on. */
export interface ApiContext {
  readonly release: SimulatedRelease;
  readonly settings: Settings;
  readonly storage: LogStorage;
  readonly recovery: Recovery;
  readonly backups: BackupWriter;
  readonly reconciler: Reconciler;
  now(): Date;
  /** Writes a snapshot to the log, and a backup when one is due. */
  takeSnapshot(): Promise<void>;
  /** Commits what is staged, as the world of this drill wants it, and starts the scheduler's end. */
  commit(): Promise<void>;
  /** Stands still in the middle of such a call while the drill wants it. */
  standStill(call: HeldCall): Promise<void>;
  /** Told of every call that was answered OK: the drill counts what was really done. */
  witness(method: string): void;
}
