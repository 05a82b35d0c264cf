import { type Database, openDatabase } from '../leveldb/database.ts';
import type { Change } from '../leveldb/write-batch.ts';
import { type Action, decodeRecord, encodeRecord, type ReplicaStatus } from './record.ts';

/** Key of the status record; position p lives under key p + 1, ten digits wide (`src/log/leveldb.cpp`). */
const metadataKey = '0000000000';

/** One host's replica of the replicated log, on disk. Not thread-safe: one process holds it. */
export class Replica {
  readonly path: string;
  private readonly database: Database;
  private readonly actions = new Map<number, Action>();
  private metadata: { status: ReplicaStatus; promised: number } = { status: 'EMPTY', promised: 0 };
  private beginAt = 0;
  private endAt = 0;

  /** Throws OpenError (LevelDB's words) when the directory cannot be opened or is held by somebody else. */
  constructor(path: string) {
    this.path = path;
    this.database = openDatabase(path);
    for (const [key, value] of this.database.entries) {
      const record = decodeRecord(value);
      if (key === metadataKey && record.kind === 'metadata') this.metadata = record;
      else if (record.kind === 'action') this.remember(record.action);
    }
  }

  get status(): ReplicaStatus {
    return this.metadata.status;
  }

  get promised(): number {
    return this.metadata.promised;
  }

  get begin(): number {
    return this.beginAt;
  }

  get end(): number {
    return this.endAt;
  }

  get unlearned(): number {
    return [...this.actions.values()].filter(({ learned }) => !learned).length;
  }

  /** Positions between begin and end that this replica has never seen: a blank log has one, position 0. */
  get holes(): number {
    let holes = 0;
    for (let position = this.beginAt; position <= this.endAt; position++) {
      if (!this.actions.has(position)) holes++;
    }
    return holes;
  }

  /** mesos-log and every scheduler print this when they open a log: the cheapest signature of its content. */
  get summary(): string {
    return `Replica recovered with log positions ${this.begin} -> ${this.end} with ${this.holes} holes and ${this.unlearned} unlearned`;
  }

  read(position: number): Action | null {
    return this.actions.get(position) ?? null;
  }

  persistMetadata(metadata: { status: ReplicaStatus; promised: number }): void {
    this.database.write([{ key: metadataKey, value: encodeRecord({ kind: 'metadata', ...metadata }) }]);
    this.metadata = { ...metadata };
  }

  /** Learning a truncation drops what it cuts off; the truncation itself stays as a record. */
  persist(action: Action): void {
    const changes: Change[] = [
      { key: keyOf(action.position), value: encodeRecord({ kind: 'action', action }) },
    ];
    if (action.content.kind === 'truncate' && action.learned) {
      for (const position of this.actions.keys()) {
        if (position < action.content.to) changes.push({ key: keyOf(position), value: null });
      }
    }
    this.database.write(changes);
    for (const { key, value } of changes) if (value === null) this.actions.delete(Number(key) - 1);
    this.remember(action);
  }

  close(): void {
    this.database.close();
  }

  private remember(action: Action): void {
    this.actions.set(action.position, action);
    this.endAt = Math.max(this.endAt, action.position);
    if (action.content.kind === 'truncate' && action.learned) {
      this.beginAt = Math.max(this.beginAt, action.content.to);
    }
  }
}

function keyOf(position: number): string {
  return String(position + 1).padStart(10, '0');
}
