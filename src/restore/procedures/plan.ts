/** What a procedure is made of. The same list is shown as the dry run, signed off, executed and recorded. */
import type { RestoreProcedure } from '../../aurora/cluster.ts';
import type { StepName } from '../record/facts.ts';
import type { GateName } from '../record/words.ts';

export type PlanItem =
  | { readonly kind: 'step'; readonly name: StepName }
  | { readonly kind: 'gate'; readonly name: GateName }
  /** The second look: people go on or go back. */
  | { readonly kind: 'look'; readonly name: 'look' };

/** A step by its name; what it is and does is in its file under `steps/`. */
export function steps(...names: readonly StepName[]): readonly PlanItem[] {
  return names.map((name) => ({ kind: 'step', name }));
}

export function gate(name: GateName): PlanItem {
  return { kind: 'gate', name };
}

/** The plan with traffic let in for the second look, in front of it. */
export function withOpenTraffic(plan: readonly PlanItem[]): readonly PlanItem[] {
  return plan.flatMap((item) => (item.kind === 'look' ? [...steps('open-traffic'), item] : [item]));
}

/** Everything that makes a procedure a procedure. How it is told is in `src/slack/messages/procedure.ts`. */
export interface ProcedureDefinition {
  readonly name: RestoreProcedure;
  readonly plan: readonly PlanItem[];
  /** What is brought back: a backup that was chosen, or the log that an earlier restore has set aside. */
  readonly source: 'backup' | 'set-aside-log';
  /** The step whose summary the commit gate signs. */
  readonly summaryStep: 'summarise-staged' | 'summarise-backup' | 'read-old-state';
  /** What is looked at while the commit gate is open, because somebody else could change it. */
  readonly watchedAtGate: 'what-is-staged' | 'that-nothing-runs' | 'the-old-state';
  /** Where it is begun once more when no election gets past a scheduler that hangs. */
  readonly electsIn: StepName;
  /** Whether tasks can be left out of what is restored. */
  readonly leavesOut: boolean;
  /** Whether the host with the backup needs Aurora's recovery tool. */
  readonly needsRecoveryTool: boolean;
  /** Whether the scheduler that took the commit has to be started again (aurora.md 13, 14 C). */
  readonly restartsCommitter: boolean;
  /** What it means that a storage that answers holds no tasks after the commit. */
  readonly emptyMeans: { readonly code: string; readonly words: string };
}
