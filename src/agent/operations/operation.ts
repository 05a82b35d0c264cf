/**
 * One operation = one small file here: `observe` looks whether the host already is as asked, `run` makes it so.
 *
 * `observe` is asked before `run` (as asked already: done, nothing changed) and after a crash for what was started and
 * did not end. It must not change the host beyond what `run` would. `unknown` says that the host cannot tell, which
 * before a first run means go on, and after a crash means a person is needed.
 * `run` may find its own work half done and goes on from there. It throws AuroraError for what a person must know.
 */
import type { Clock } from '../../aurora/clock.ts';
import type { OperationEvidence, OperationKind, OperationParams } from '../../aurora/operations.ts';
import type { SchedulerReader } from '../../aurora/scheduler.ts';
import type { AgentConfig } from '../config.ts';
import type { FlagDriver } from '../drivers/flag-driver.ts';
import type { LogInitializer } from '../drivers/log-initializer.ts';
import type { RecoveryTool } from '../drivers/recovery-tool.ts';
import type { ServiceDriver } from '../drivers/service-driver.ts';
import type { TrafficDriver } from '../drivers/traffic-driver.ts';
import type { HeldBackups } from '../held-backups.ts';
import type { SchedulerCaller } from '../scheduler-caller.ts';

/** The hands of an operation; the same for all of them. */
export interface OperationTools {
  readonly config: AgentConfig;
  readonly clock: Clock;
  readonly service: ServiceDriver;
  readonly traffic: TrafficDriver;
  readonly flags: FlagDriver;
  readonly initializer: LogInitializer;
  /** `null` on a host that has none. */
  readonly recoveryTool: RecoveryTool | null;
  readonly held: HeldBackups;
  readonly scheduler: SchedulerCaller;
  /** The scheduler of this host, and no other. */
  readonly reader: SchedulerReader;
}

export interface OperationContext extends OperationTools {
  readonly operationId: string;
  readonly restoreId: string;
  /** The operation was started in an earlier life of the agent: what is found may be its own work. */
  readonly interrupted: boolean;
}

export type Observation<K extends OperationKind> =
  | { readonly state: 'done'; readonly evidence: OperationEvidence[K] }
  | { readonly state: 'not-done' }
  | { readonly state: 'unknown'; readonly why: string };

export interface Outcome<K extends OperationKind> {
  readonly changed: boolean;
  readonly evidence: OperationEvidence[K];
}

export interface Operation<K extends OperationKind> {
  observe(context: OperationContext, params: OperationParams[K]): Promise<Observation<K>>;
  run(context: OperationContext, params: OperationParams[K]): Promise<Outcome<K>>;
}

export type OperationTable = { readonly [K in OperationKind]: Operation<K> };

/** The observation for evidence that may be missing. */
export function doneIf<K extends OperationKind>(evidence: OperationEvidence[K] | null): Observation<K> {
  return evidence === null ? { state: 'not-done' } : { state: 'done', evidence };
}
