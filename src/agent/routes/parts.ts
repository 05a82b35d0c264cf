/** What routes are handed. */
import type { AuditLog } from '../audit-log.ts';
import type { BackupLibrary } from '../backup-library.ts';
import type { OperationRunner } from '../operation-runner.ts';
import type { OperationTools } from '../operations/operation.ts';
import type { SchedulerCredentials } from '../scheduler-credentials.ts';

export interface RouteParts {
  readonly tools: OperationTools;
  readonly runner: OperationRunner;
  readonly library: BackupLibrary;
  readonly audit: AuditLog;
  readonly credentials: SchedulerCredentials | null;
  readonly version: string;
  /** Of the journal; grants name it. */
  readonly epoch: string;
}
