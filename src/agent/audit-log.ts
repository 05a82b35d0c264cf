/**
 * Who asked for what and whether it was granted: one JSON line per request that would change the host, on disk before
 * the answer. Kept for people; the agent itself never reads it.
 */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';

export interface AuditEntry {
  readonly at: number;
  readonly decision: 'granted' | 'refused' | 'answered-again';
  /** Why it was refused: a rule of the grants. */
  readonly rule?: string;
  readonly operationId: string;
  readonly kind: string;
  readonly restoreId: string;
  readonly step: string;
  readonly fence: number;
  readonly digest: string;
  readonly signers: readonly string[];
  readonly from: string;
}

export interface AuditLog {
  write(entry: AuditEntry): void;
  close(): void;
}

/** Appends to the file at `path`, readable by its owner only. */
export function openAuditLog(path: string): AuditLog {
  const file = openSync(path, 'a', 0o600);
  return {
    write: (entry) => {
      writeSync(file, `${JSON.stringify(entry)}\n`);
      fsyncSync(file);
    },
    close: () => closeSync(file),
  };
}
