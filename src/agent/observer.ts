/** Who counts what the agent does, and decides nothing. */
import type { OperationResult } from '../aurora/operations.ts';
import type { AuditEntry } from './audit-entry.ts';
import type { AuditLog } from './audit-log.ts';

export interface AgentObserver {
  /** A request was decided, and its line is written. */
  decided(entry: AuditEntry): void;
  ended(end: OperationResult): void;
}

/** The same log, with the observer told of each request after its line. */
export function observeAudit(audit: AuditLog, observer: AgentObserver): AuditLog {
  return {
    ...audit,
    write: (entry) => {
      audit.write(entry);
      if ('decision' in entry) observer.decided(entry);
    },
  };
}
