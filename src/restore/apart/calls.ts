/** What a step in a thread and the heart that it belongs to ask each other. */
import type { HostStatus } from '../../aurora/hosts.ts';
import type { PackedDocuments } from '../../aurora/journal.ts';
import type { LeaderFinder } from '../../aurora/leader.ts';
import type { OperationEnd, OperationKind } from '../../aurora/operations.ts';
import type { RestoreState } from '../record/state.ts';
import type { Done, StepContext } from '../step.ts';
import type { LongStep } from './long-steps.ts';

/** Asked by the thread. Whatever waits, decides or is written down is the heart's. */
export interface HeartCalls {
  readStatus(host: string): Promise<HostStatus>;
  operate(...args: Parameters<StepContext['operate']>): Promise<Done<OperationKind>>;
  attempt(...args: Parameters<StepContext['attempt']>): Promise<OperationEnd<OperationKind>>;
  operateOnAll(...args: Parameters<StepContext['operateOnAll']>): Promise<Done<OperationKind>[]>;
  findLost: StepContext['findLost'];
  copyHeldBackup: StepContext['copyHeldBackup'];
  notice: StepContext['notice'];
  progress: StepContext['progress'];
  readPeople: StepContext['readPeople'];
  readCertificates: StepContext['readCertificates'];
  findLapse: StepContext['findLapse'];
  readJournal: StepContext['deps']['journal']['read'];
  savePacked: PackedDocuments['savePacked'];
  loadPacked: PackedDocuments['loadPacked'];
  findLeader: LeaderFinder['findLeader'];
  listLogReplicas: LeaderFinder['listLogReplicas'];
  /** As `patiently`; what is asked is the thread's `look` of this number, whose answer stays there. */
  patiently(look: number, what: string): Promise<void>;
  /** That look goes on. */
  progressed(look: number): void;
  /** As `waitFor`; answers how long it took. */
  waitFor(look: number, wait: Omit<Parameters<StepContext['waitFor']>[0], 'look'>): Promise<number>;
}

/** Asked by the heart. */
export interface ThreadCalls {
  run(step: LongStep, state: RestoreState): Promise<unknown>;
  /** Looks once, for a `patiently` or a `waitFor`; whether it has found something. */
  look(look: number): Promise<boolean>;
  /** The newest state: sent before anything that is asked or answered after it has changed. */
  stateIs(state: RestoreState): void;
}
