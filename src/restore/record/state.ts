/** What is known of a restore: the replay of its journal (`fold.ts`), and what can be read off it at once. */
import type { OperationKind } from '../../aurora/operations.ts';
import type { Proof, SignedStatement, Statement } from '../../aurora/statement.ts';
import { procedures } from '../procedures/index.ts';
import { undoPlan } from '../procedures/parts.ts';
import { type PlanItem, type ProcedureDefinition, withOpenTraffic } from '../procedures/plan.ts';
import type { Picture, StepFacts, StepName, Summary } from './facts.ts';
import type { Thread } from './thread.ts';
import type { Actor, ForeignAct, GateName, NoticeCode, Outcome, Proposal, QuestionName } from './words.ts';
import type { WorkDone } from './work-done.ts';

export interface SignOff {
  readonly person: Actor;
  readonly comment: string;
  readonly at: number;
  /** Their own signature over the gate's statement; `null` where none was asked for or given. */
  readonly proof: Proof | null;
}

export interface Gate {
  readonly name: GateName;
  readonly digest: string;
  readonly needed: number;
  readonly openedAt: number;
  readonly expiresAt: number;
  readonly signOffs: readonly SignOff[];
  readonly status: 'open' | 'passed' | 'declined' | 'expired';
  /**
   * Why what was to be signed stopped counting before its time was over, as a sentence. Stays when it opens again with
   * another digest; `null` when only time ended it.
   */
  readonly voided: string | null;
  /** Stable ids of those who made what is signed, who fill one place together: the requester, and who edited it. */
  readonly authors: readonly string[];
  /** The document with what it costs, as it was shown to those who sign; `null` where nothing is weighed. */
  readonly shown: string | null;
  /** Who declined it, once somebody has. */
  readonly declinedBy: Actor | null;
  /** What people sign with keys of their own; `null` where the policy does not ask for that. */
  readonly statement: Statement | null;
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
  /** Its step is done once more, and what became of this one is known: nothing. */
  readonly takenBack: boolean;
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

/** Tasks that somebody has left out of what is restored. */
export interface Edit {
  readonly person: Actor;
  readonly taskIds: readonly string[];
  /** Whose they are; empty for a journal of before that was kept. */
  readonly jobs: readonly { readonly job: string; readonly tasks: number }[];
  readonly reason: string;
  readonly at: number;
}

export interface TakenBack {
  readonly to: StepName;
  readonly code: string;
  readonly message: string;
  readonly at: number;
}

/** The second look, from its opening on. */
export interface Look {
  readonly until: number;
  /** When people were last asked, or last answered with something other than a decision. */
  readonly askedAt: number;
  /** When people were last told that it goes on by itself soon; `null` before that, and when its time was moved since. */
  readonly remindedAt: number | null;
  readonly released: Actor | 'time' | null;
  /** The signed word of whoever let it reconcile; `null` when time did, or none was asked for. */
  readonly releaseSigned: SignedStatement | null;
  /** Something has changed since people were last asked: time alone does not let it go on until somebody answers. */
  readonly stopped: boolean;
  /** Something was reconciled already: going back kills and starts tasks. */
  readonly unclean: boolean;
  /** Who ordered that traffic is let in for a look; `null` while it stays shut. */
  readonly trafficBy: Actor | null;
}

export interface RestoreState {
  readonly restoreId: string;
  readonly seq: number;
  readonly hash: string;
  /** Hash of its first record: tells it from another restore of the same name. */
  readonly origin: string;
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
  /** Who approves, as last recorded: the proposal's, or what the configuration said since. */
  readonly approvers: Pick<Proposal['policy'], 'approvers' | 'approverGroups'>;
  readonly edits: readonly Edit[];
  readonly takenBack: readonly TakenBack[];
  /** What somebody else was last seen to have done, until it was begun once more. */
  readonly foreign: ForeignAct | null;
  readonly paused: { readonly person: Actor; readonly reason: string; readonly at: number } | null;
  readonly commitOrdered: { readonly person: Actor; readonly digest: string; readonly at: number } | null;
  readonly look: Look | null;
  /** By what people are waited for, the planned instant of the newest reminder. */
  readonly reminded: Readonly<Partial<Record<QuestionName, number>>>;
  /** By what people are waited for, since when it had been asked when others were called. */
  readonly escalated: Readonly<Partial<Record<QuestionName, number>>>;
  /** What was noticed meanwhile, oldest first. */
  readonly notices: readonly { readonly code: NoticeCode; readonly message: string; readonly at: number }[];
  /** What people were last shown of what they decide by; `null` before the first time. */
  readonly picture: Picture | null;
  readonly stuck: Problem | null;
  /** What people said in its thread. */
  readonly thread: Thread;
  /** What was left to do after the end and is done. */
  readonly workDone: readonly WorkDone[];
  readonly ended: { readonly outcome: Outcome; readonly message: string; readonly at: number } | null;
}

/** The plan of the phase the restore is in. */
export function planOf(state: RestoreState): readonly PlanItem[] {
  return state.phase === 'forward' ? forwardPlanOf(state) : undoPlan;
}

/** What the proposal's procedure is. */
export function procedureOf({ proposal }: Pick<RestoreState, 'proposal'>): ProcedureDefinition {
  return procedures[proposal.procedure];
}

/** The plan of the proposal's procedure: the way forward, also while it is undone; with what was ordered at the second look. */
export function forwardPlanOf(state: RestoreState): readonly PlanItem[] {
  const { plan } = procedureOf(state);
  return state.look === null || state.look.trafficBy === null ? plan : withOpenTraffic(plan);
}

/** What the commit gate is about, once it is known. */
export function summaryOf(state: RestoreState): Summary | undefined {
  return state.facts[summaryStepOf(state)];
}

/** The step whose summary the commit gate signs. */
export function summaryStepOf(state: RestoreState): ProcedureDefinition['summaryStep'] {
  return procedureOf(state).summaryStep;
}

/** How old what is restored was when it was looked at, in milliseconds; 0 before. */
export function restoredAgeMs({ facts }: RestoreState): number {
  return facts['choose-backup']?.ageMs ?? facts['check-set-aside']?.ageMs ?? 0;
}

/** What comes next in the plan; `null` when the plan is through. */
export function nextItem(state: RestoreState): PlanItem | null {
  return planOf(state)[state.done.length] ?? null;
}

/** How often steps were begun once more, by an edit or because what was staged is lost: part of their operations' names. */
export function rewindsOf(state: RestoreState): number {
  return state.edits.length + state.takenBack.length;
}

/** Exact ids of all tasks that are left out, each once, sorted. */
export function leftOutOf(state: RestoreState): readonly string[] {
  return [...new Set(state.edits.flatMap((edit) => edit.taskIds))].sort();
}

/** True while the next thing is the commit gate: what was compared has to stay as it is. */
export function isAtCommitGate(state: RestoreState): boolean {
  const item = nextItem(state);
  return item?.kind === 'gate' && item.name === 'commit';
}

/** True once a step that touches hosts was started: before that an abort has nothing to undo. */
export function hasTouchedHosts(state: RestoreState): boolean {
  return state.runs['stop-schedulers'] !== undefined;
}

/** True from the moment a commit may have reached a scheduler: an operation for it that is not proven to have come to nothing. */
export function isCommitSent(state: RestoreState): boolean {
  return [...state.operations.values()].some(({ kind, result, takenBack }) => {
    if (takenBack) return false;
    if (kind === 'commit-recovery') return result?.state !== 'failed' && !wasNotReady(result?.evidence);
    // Off-line no scheduler sees a log that the tool has not finished: it is set aside whatever is in it.
    return kind === 'run-recovery-tool' && (result === null || result.state === 'done');
  });
}

/** `Storage is not READY` is said before anything is done (aurora.md 4.2). */
export function wasNotReady(evidence: unknown): boolean {
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
