/** What routes are handed. */
import type { AuditLog } from '../audit-log.ts';
import type { BackupLibrary } from '../backup-library.ts';
import type { OperationRunner } from '../operation-runner.ts';
import type { OperationTools } from '../operations/operation.ts';
import type { People } from '../people/people.ts';
import type { Proving } from '../prove/open-prover.ts';
import type { SchedulerCredentials } from '../scheduler-credentials.ts';
import type { TrafficGuard } from '../traffic-guard.ts';

export interface RouteParts {
  readonly tools: OperationTools;
  readonly runner: OperationRunner;
  /** `null` on a host that asks for nobody's own signature. */
  readonly people: People | null;
  readonly library: BackupLibrary;
  readonly audit: AuditLog;
  readonly trafficGuard: TrafficGuard;
  readonly credentials: SchedulerCredentials | null;
  /** `null` where backups are not proven. */
  readonly proving: Proving | null;
  readonly version: string;
  /** Of the journal; grants name it. */
  readonly epoch: string;
}
