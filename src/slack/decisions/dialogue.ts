/**
 * How a decision is taken in Slack: its buttons, its form, and the reply that tells everybody. One file each beside this one;
 * who may and what it leads to is in the file of the same name in `src/restore/decisions`.
 */
import type { KnownBlock, ModalView } from '@slack/types';
import type {
  AboutOf,
  DecidedBy,
  DecidedEvent,
  DecisionName,
  OrderOf,
} from '../../restore/decisions/index.ts';
import type { Actor, GateName } from '../../restore/record/events.ts';
import type { StagedTask } from '../../restore/record/staged-task.ts';
import type { RestoreState } from '../../restore/record/state.ts';
import type { Signed } from '../../restore/rules/proofs.ts';
import type { FormCheck, Submission } from '../conversation.ts';
import { mention } from '../escape.ts';
import type { SigningOffer } from '../signing.ts';
import { subjectValue } from '../subject.ts';

export interface Dialogue<N extends DecisionName = DecisionName> {
  readonly decision: N;
  /** By action id; a decision at several gates has a button for each. */
  readonly buttons: Readonly<Record<string, { readonly gate?: GateName }>>;
  /** No press decides anything by itself: what is on the message may be somebody else's, what is in the form is ours. */
  readonly form: DecisionForm<N>;
  /** What the thread is told of it. `at` is the instant in the record, `state` has the event in it. */
  reply(event: DecidedBy<N>, happened: { readonly at: number; readonly state: RestoreState }): Reply;
}

export interface DecisionForm<N extends DecisionName> {
  /** The `callback_id` of the modal. */
  readonly id: string;
  show(opened: Opened): ModalView;
  /** What was filled in, without what the button knew. */
  read(filled: Filled): Omit<OrderOf<N>, keyof AboutOf<N>>;
  /** What can be said before it closes. */
  readonly check?: FormCheck;
  /** The field that a refusal is told beside, by its code; the form stays then. Every other refusal is told when it is taken. */
  readonly faultFields?: Readonly<Record<string, string>>;
  /** What people sign with keys of their own in it; absent where nothing is signed. */
  signs?(gate: GateName | null): Signed;
}

/** A press as a form sees it. */
export interface Opened {
  readonly state: RestoreState;
  readonly gate: GateName | null;
  readonly metadata: string;
  /** Slack's id of whoever opened it. */
  readonly userId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Empty for decisions that do not read what is staged. */
  readonly staged: readonly StagedTask[];
  /** What was given as the reason before it was opened. */
  readonly reason?: string;
  /** Absent where no signature of their own is asked for. */
  readonly signing?: SigningOffer;
}

export type Filled = Pick<Submission, 'values' | 'chosen'> & Pick<Opened, 'staged'>;

export interface Reply {
  readonly blocks: readonly KnownBlock[];
  /** For how long the buttons of the newest state stand under it, when it asks something. */
  asksWhile?(latest: RestoreState): boolean;
}

export type AnyDialogue = Omit<Dialogue, 'reply' | 'form'> & {
  readonly form: DecisionForm<DecisionName>;
  reply(event: DecidedEvent, happened: { readonly at: number; readonly state: RestoreState }): Reply;
};

/** The value of a button that is about the restore as a whole. */
export function plainValue({ restoreId }: RestoreState): string {
  return subjectValue({ restoreId, digest: '' });
}

/** The value of a button that is about what a gate is open for. */
export function gateValue({ restoreId, gates }: RestoreState, gate: GateName): string {
  return subjectValue({ restoreId, digest: gates[gate]?.digest ?? '' });
}

/** A person as the subject of a sentence. */
export function by(person: Actor): string {
  return mention(person.userId, person.name);
}
