import fs from 'node:fs';
import { Replica } from '../../mesos/log/replica.ts';
import { encodeLogEntry, type LogEntry } from '../storage/log-entry.ts';

/**
 * Writes an initialised log whose replica has learned these entries: a no-op at position 0, then one entry a
 * position.
 */
export function writeLog(path: string, entries: readonly LogEntry[]): void {
  const replica = new Replica(path);
  replica.persistMetadata({ status: 'VOTING', promised: 1 });
  const decided = { promised: 1, performed: 1, learned: true };
  replica.persist({ position: 0, ...decided, content: { kind: 'nop' } });
  entries.forEach((entry, index) => {
    replica.persist({
      position: index + 1,
      ...decided,
      content: { kind: 'append', bytes: encodeLogEntry(entry) },
    });
  });
  replica.close();
}

/**
 * A log that was compacted and has lost its CURRENT: the next one who opens it gets a fresh one, and what was in it is gone
 * (mesos.md 1.4). Its replica never votes again by itself.
 */
export function loseLog(path: string): void {
  // What is still in the write-ahead file would be replayed into the fresh one.
  new Replica(path).close();
  fs.rmSync(`${path}/CURRENT`);
}
