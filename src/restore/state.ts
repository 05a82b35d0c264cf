/** What is known of a restore: the replay of its journal (`fold.ts`), and what can be read off it at once. */
import type { OperationKind } from '../aurora/operations.ts';
import type { Actor, GateName, Outcome, Proposal } from './events.ts';
import type { StepFacts, StepName, Summary } from './facts.ts';
import { type PlanItem, procedures, undoProcedure } from './plan.ts';

export interface SignOff {
  readonly person: Actor;
  readonly comment: string;
  readonly at: number;
}

export interface Gate {
  readonly name: GateName;
  readonly digest: string;
  readonly needed: number;
  readonly openedAt: number;
  readonly expiresAt: number;
  readonly signOffs: readonly SignOff[];
  readonly status: 'open' | 'passed' | 'declined' | 'expired';
  /** Who declined it, once somebody has. */
  readonly declinedBy: Actor | null;
}

export interface OperationState {
  readonly operationId: string;
  readonly step: StepName;
  readonly host: string;
  readonly kind: OperationKind;
  readonly result: {
    readonly state: 'done' | 'failed' | 'uncertain';
    readonly changed: boolean;
    readonly evidence: unknown;
    readonly message: string;
  } | null;
  /** Somebody has ordered a new look since it ended. */
  readonly lookedAt: boolean;
}

export interface StepRun {
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly attempt: number;
}

export interface Problem {
  readonly step: StepName;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly at: number;
}

export interface RestoreState {
  readonly restoreId: string;
  readonly seq: number;
  readonly hash: string;
  readonly proposedAt: number;
  readonly proposal: Proposal;
  /** `forward` until somebody aborts or goes back. */
  readonly phase: 'forward' | 'undo';
  /** What `undo` is: an abort before the commit, or a way back after it. */
  readonly undoReason: 'abort' | 'go-back' | null;
  /** Steps of the current phase that are done, in order. */
  readonly done: readonly PlanItem[];
  readonly facts: Partial<StepFacts>;
  readonly runs: Partial<Record<StepName, StepRun>>;
  readonly current: StepName | null;
  readonly gates: Partial<Record<GateName, Gate>>;
  readonly operations: ReadonlyMap<string, OperationState>;
  readonly commitOrdered: { readonly person: Actor; readonly digest: string; readonly at: number } | null;
  readonly look: { readonly until: number; readonly released: Actor | 'time' | null } | null;
  readonly stuck: Problem | null;
  readonly ended: { readonly outcome: Outcome; readonly message: string; readonly at: number } | null;
}

/** The plan of the phase the restore is in. */
export function planOf(state: RestoreState): readonly PlanItem[] {
  return state.phase === 'forward' ? forwardPlanOf(state) : undoProcedure;
}

/** The plan of the proposal's procedure: the way forward, also while it is undone. */
export function forwardPlanOf(state: RestoreState): readonly PlanItem[] {
  return procedures[state.proposal.procedure];
}

/** What the commit gate is about, once it is known. */
export function summaryOf(state: RestoreState): Summary | undefined {
  return state.facts['summarise-staged'] ?? state.facts['summarise-backup'];
}

/** What comes next in the plan; `null` when the plan is through. */
export function nextItem(state: RestoreState): PlanItem | null {
  return planOf(state)[state.done.length] ?? null;
}

/** True once a step that touches hosts was started: before that an abort has nothing to undo. */
export function hasTouchedHosts(state: RestoreState): boolean {
  return state.runs['stop-schedulers'] !== undefined;
}

/** True from the moment a commit may have reached a scheduler: an operation for it that is not proven to have come to nothing. */
export function isCommitSent(state: RestoreState): boolean {
  return [...state.operations.values()].some(({ kind, result }) => {
    if (kind === 'commit-recovery') return result?.state !== 'failed' && !isRefusal(result?.evidence);
    // Off-line no scheduler sees a log that the tool has not finished: it is set aside whatever is in it.
    return kind === 'run-recovery-tool' && (result === null || result.state === 'done');
  });
}

/** `Storage is not READY` is said before anything is done (aurora.md 4.2). */
function isRefusal(evidence: unknown): boolean {
  return (
    evidence !== null &&
    typeof evidence === 'object' &&
    'answer' in evidence &&
    evidence.answer === 'not-ready'
  );
}

/** An abort undoes what was done before the commit; a commit that was ordered and got stuck unsent is still before it. */
export function mayAbort(state: RestoreState): boolean {
  const committing = state.stuck?.step === 'commit' || state.stuck?.step === 'run-recovery-tool';
  const unsent = committing && !isCommitSent(state);
  return state.phase === 'forward' && state.ended === null && (state.commitOrdered === null || unsent);
}

/** True after the order to commit while nothing was reconciled yet: until then the old state comes back without loss. */
export function isBeforeRelease(state: RestoreState): boolean {
  return state.phase === 'forward' && state.commitOrdered !== null && (state.look?.released ?? null) === null;
}
