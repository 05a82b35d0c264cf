/**
 * What happened in a restore, in the past tense. These names and fields are stored: once released they are
 * promises. Progress is not here; what a person decided and what the outside world was found to be is.
 */

import type { Policy, RestoreProcedure } from '../../aurora/cluster.ts';
import type { OperationKind } from '../../aurora/operations.ts';
import type { Picture, StepFacts, StepName } from './facts.ts';

/** Who did something, as they were called then. `id` is `team:user`. */
export interface Actor {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
}

export type GateName = 'stop' | 'commit' | 'go-back';

export interface BackupChoice {
  readonly host: string;
  readonly name: string;
  readonly sha256: string;
}

export interface Proposal {
  readonly type: 'restore-proposed';
  readonly cluster: string;
  readonly auroraVersion: string;
  readonly hosts: readonly string[];
  readonly channel: string;
  readonly requester: Actor;
  readonly reason: string;
  /** A link or a ticket name; empty when none was given. */
  readonly incident: string;
  readonly backup: BackupChoice;
  readonly procedure: RestoreProcedure;
  /** The restore whose set-aside log is brought back; `backup` is what that one restored. Only for `set-aside-log`. */
  readonly of?: string;
  /** The requester knows that the backup holds tasks no scheduler can live on, and that those have to be left out. */
  readonly leaveOutUnlivable?: true;
  /** Why this procedure, in words; absent from restores that had no choice. */
  readonly procedureReason?: string;
  readonly policy: Policy;
}

/** What somebody else was seen to have done between two of our looks. */
export type ForeignAct = 'unloaded' | 'edited' | 'committed' | 'registered' | 'started';

/** What is noticed while people decide or a step waits; nobody is needed for it. */
export type NoticeCode =
  /** A scheduler that counts itself elected beside the one that is. */
  | 'two-elected'
  /** A process whose port is closed for good. */
  | 'dead-but-running'
  /** At a gate or the second look, something that people decide by is not as it was shown. */
  | 'changed';

export type Outcome = 'completed' | 'undone' | 'declined' | 'expired' | 'failed';

export type RestoreEvent =
  | Proposal
  | { readonly type: 'step-started'; readonly step: StepName; readonly attempt: number }
  | {
      readonly type: 'operation-requested';
      readonly step: StepName;
      readonly operationId: string;
      readonly host: string;
      readonly kind: OperationKind;
    }
  | {
      readonly type: 'operation-finished';
      readonly operationId: string;
      readonly state: 'done' | 'failed' | 'uncertain';
      readonly changed: boolean;
      readonly evidence: unknown;
      readonly message: string;
    }
  | {
      [N in StepName]: { readonly type: 'step-completed'; readonly step: N; readonly facts: StepFacts[N] };
    }[StepName]
  | {
      readonly type: 'step-failed';
      readonly step: StepName;
      readonly code: string;
      readonly message: string;
      readonly hint: string;
    }
  | {
      readonly type: 'gate-opened';
      readonly gate: GateName;
      readonly digest: string;
      readonly needed: number;
      readonly expiresAt: number;
    }
  | {
      readonly type: 'signed-off';
      readonly gate: GateName;
      readonly digest: string;
      readonly person: Actor;
      readonly comment: string;
    }
  | {
      readonly type: 'declined';
      readonly gate: GateName;
      readonly digest: string;
      readonly person: Actor;
      readonly reason: string;
    }
  | {
      readonly type: 'gate-passed';
      readonly gate: GateName;
      readonly digest: string;
      readonly signers: readonly Actor[];
    }
  | { readonly type: 'gate-expired'; readonly gate: GateName }
  /** Tasks to leave out of what is restored, by exact id. Who orders it becomes a co-author of what is signed. */
  | {
      readonly type: 'edit-ordered';
      readonly digest: string;
      readonly person: Actor;
      readonly taskIds: readonly string[];
      readonly reason: string;
    }
  /** What was reached does not hold any more: the steps from `to` on are done once more. */
  | {
      readonly type: 'taken-back';
      readonly to: StepName;
      readonly code: string;
      readonly message: string;
      /** `kept`: they stand if what they are bound to turns out the same again. */
      readonly signOffs: 'kept' | 'void';
    }
  /** Somebody else was at the schedulers: sign-offs are void, and a person has to look. */
  | {
      readonly type: 'foreign-hand';
      readonly act: ForeignAct;
      readonly host: string;
      readonly message: string;
      readonly hint: string;
    }
  /** It stands in the thread as it was said; `picture` is what is shown from then on. */
  | {
      readonly type: 'noticed';
      readonly code: NoticeCode;
      readonly message: string;
      readonly hint: string;
      readonly picture?: Picture;
      /** Tasks were killed or started by something else than this restore: going back is not clean any more. */
      readonly unclean?: boolean;
    }
  | { readonly type: 'pause-ordered'; readonly person: Actor; readonly reason: string }
  | { readonly type: 'resume-ordered'; readonly person: Actor }
  /** It is stuck on what nobody can mend: the restore ends, and everything stays as it is. */
  | { readonly type: 'abandon-ordered'; readonly person: Actor; readonly reason: string }
  | { readonly type: 'commit-ordered'; readonly digest: string; readonly person: Actor }
  | { readonly type: 'abort-ordered'; readonly person: Actor; readonly reason: string }
  | { readonly type: 'look-opened'; readonly until: number }
  | { readonly type: 'look-extended'; readonly person: Actor; readonly until: number }
  /** `person` is null when the policy's time limit let it go on. */
  | { readonly type: 'release-ordered'; readonly person: Actor | null }
  | { readonly type: 'look-again-ordered'; readonly person: Actor }
  | {
      readonly type: 'refused';
      readonly person: Actor;
      readonly what: string;
      readonly code: string;
      readonly message: string;
    }
  | { readonly type: 'restore-ended'; readonly outcome: Outcome; readonly message: string };
