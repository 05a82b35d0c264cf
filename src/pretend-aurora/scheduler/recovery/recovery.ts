import fs from 'node:fs';
import { snapshot } from '../../../thrift/structs.ts';
import type { SimulatedRelease } from '../../release/simulated-release.ts';
import { HttpFailure, RpcFailure } from '../api/rpc-failure.ts';
import { JavaFailure } from '../storage/java-failure.ts';
import { readAsJava } from '../storage/java-reader.ts';
import { loadStaged } from '../storage/load-rules.ts';
import type { ScheduledTask, Snapshot, Store } from '../storage/store.ts';
import { taskIdOf } from '../storage/store.ts';
import { filterTasks, type TaskQuery } from './task-filter.ts';

interface Staged {
  readonly store: Store;
  readonly timestampMs: number;
}

/**
 * The one staging slot of a scheduler process (aurora.md 4.1 to 4.4). Throws RpcFailure with the recorded
 * messages.
 */
export class Recovery {
  private readonly directory: string;
  private readonly release: SimulatedRelease;
  private staged: Staged | null = null;

  constructor(backupDirectory: string, release: SimulatedRelease) {
    this.directory = backupDirectory;
    this.release = release;
  }

  /** The file is read and loaded first, and only then the slot is looked at. */
  stage(backupId: string | undefined): void {
    if (backupId === undefined) throw new RpcFailure('ERROR', null);
    // Not sanitised, as in the real one: `../x` works.
    const staged = this.read(backupId);
    if (this.staged !== null) throw new RpcFailure('ERROR', 'Another backup is already loaded.');
    this.staged = staged;
  }

  query(query: TaskQuery | undefined): ScheduledTask[] {
    if (query === undefined) {
      throw new RpcFailure(
        'ERROR',
        'Cannot invoke "org.apache.aurora.gen.TaskQuery.deepCopy()" because "query" is null',
      );
    }
    return filterTasks(this.loaded().store.tasks.values(), query);
  }

  /** An empty query removes everything, and nobody is told how many. */
  deleteTasks(query: TaskQuery | undefined): void {
    const { store } = this.loaded();
    for (const task of this.query(query)) store.tasks.delete(taskIdOf(task));
  }

  unload(): void {
    this.staged = null;
  }

  /** What a commit writes: the staged data with the time of the backup and its framework id. */
  toSnapshot(): Snapshot {
    const { store, timestampMs } = this.loaded();
    return store.toSnapshot(timestampMs, this.release);
  }

  private loaded(): Staged {
    if (this.staged === null) throw new RpcFailure('ERROR', 'No backup loaded.');
    return this.staged;
  }

  private read(backupId: string): Staged {
    const path = `${this.directory}/${backupId}`;
    if (!fs.existsSync(path)) {
      const named = this.release.namesMissingBackup === 'by-path' ? path : backupId;
      throw new RpcFailure('ERROR', `Backup ${named} does not exist.`);
    }
    try {
      const decoded = readAsJava(snapshot, readFile(path));
      return { store: loadStaged(decoded, this.release), timestampMs: decoded.timestamp ?? 0 };
    } catch (thrown) {
      if (!(thrown instanceof JavaFailure)) throw thrown;
      if (thrown.kind === 'fatal') throw new HttpFailure(thrown.text ?? '');
      throw new RpcFailure('ERROR', thrown.kind === 'decode' ? this.undecodable(thrown) : thrown.text);
    }
  }

  /** Older codecs say the same of every broken file. */
  private undecodable({ text }: JavaFailure): string {
    const { decodeFailure } = this.release;
    const isEndOfFile = text === endOfFile;
    return `Failed to decode backup ${isEndOfFile || decodeFailure !== endOfFile ? decodeFailure : (text ?? '')}`;
  }
}

const endOfFile = 'org.apache.thrift.transport.TTransportException';

function readFile(path: string): Buffer {
  if (fs.statSync(path).isDirectory()) {
    throw new RpcFailure(
      'ERROR',
      `Failed to read backup java.io.FileNotFoundException: ${path} (Is a directory)`,
    );
  }
  try {
    return fs.readFileSync(path);
  } catch {
    throw new RpcFailure(
      'ERROR',
      `Failed to read backup java.io.FileNotFoundException: ${path} (Permission denied)`,
    );
  }
}
