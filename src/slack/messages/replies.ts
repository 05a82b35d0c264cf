/**
 * Which messages an event makes, in order. A message is named after its event, so that after a crash it is recognised
 * and not posted again. `render` is given the newest state: only buttons and lists of signatures follow it; what was
 * said of the event stays as it was said.
 */
import type { ContextBlock } from '@slack/types';
import type { Recorded } from '../../aurora/journal.ts';
import { type RecordFormat, recordFormats } from '../../report/formats.ts';
import { type DecidedEvent, decisionName, isDecided } from '../../restore/decisions/index.ts';
import type { EventOf, RestoreEvent } from '../../restore/record/events.ts';
import type { Summary } from '../../restore/record/facts.ts';
import { type RestoreState, summaryOf } from '../../restore/record/state.ts';
import { judgeGate } from '../../restore/rules/gates.ts';
import { context, type Message, message } from '../blocks.ts';
import { dialogues } from '../decisions/index.ts';
import { code } from '../escape.ts';
import { onTheCard } from './answered.ts';
import { renderCost } from './cost.ts';
import {
  renderApproversChanged,
  renderEdited,
  renderExpired,
  renderFallen,
  renderGoBackGate,
  renderGoingBack,
  renderLookInChannel,
  renderReadyToCommit,
  renderReminder,
  renderSecondLook,
  renderStaged,
  renderStopGate,
} from './gates.ts';
import { renderWorkDone } from './left-work.ts';
import {
  renderCommitAnswer,
  renderEnd,
  renderSoak,
  renderStuck,
  renderUndone,
  renderVerified,
} from './outcome.ts';
import { renderToolRun } from './procedure.ts';
import { escalationChannel, renderEscalated, renderReminded } from './reminders.ts';
import { renderReport } from './report.ts';
import { renderNoticed, renderRewind } from './rewinds.ts';
import { isSigned } from './waiting.ts';
import { isWhyEndedCut } from './why-ended.ts';

export interface Said {
  readonly kind: 'message';
  /** `<seq>.<n>`, the part of the key after the restore. */
  readonly name: string;
  readonly place: 'thread' | 'channel';
  /** Where others are called; the channel of the restore when absent, and when the bot may not post there. */
  readonly elsewhere?: string;
  /** True when it has buttons that must go once the question is answered. */
  readonly live: boolean;
  /** True when it links to the thread; `render` is given `null` otherwise. */
  readonly linked: boolean;
  readonly render: (latest: RestoreState, threadLink: string | null) => Message;
}

/**
 * What goes into the thread as a file: a long list from a document of the restore, or what is written from the journal
 * itself: the record, and the list of tasks that are left out.
 */
export interface Attached {
  readonly kind: 'file';
  readonly name: string;
  readonly document: string;
  readonly title: string;
}

/** Not kept as documents: they are written from the journal. */
export const recordDocuments: Readonly<Record<RecordFormat, string>> = {
  html: 'report-page',
  md: 'report',
  jsonl: 'record',
};
const recordTitles: Readonly<Record<RecordFormat, (restoreId: string) => string>> = {
  html: (restoreId) => `Report of ${restoreId}: a page that opens without a network`,
  md: (restoreId) => `Report of ${restoreId} as Markdown, for a ticket or a wiki`,
  jsonl: (restoreId) => `Record of ${restoreId}: verify it with "aurora-chatops record verify"`,
};

/** Not kept as a document: it is in the journal. */
export const whyEndedDocument = 'why-ended';
/** Not kept as a document: its tasks are in the journal. */
export const leftOutDocument = 'left-out';

interface Happened {
  readonly record: Recorded<RestoreEvent>;
  /** After the event. */
  readonly state: RestoreState;
  /** What was committed right after it, if anything was. */
  readonly next: RestoreEvent | null;
  /** What people decided up to it, a line each. */
  readonly decisions: readonly string[];
}

/** Nothing for most events: operations, refusals and steps that only the card shows. */
export function messagesOf(happened: Happened): readonly (Said | Attached)[] {
  const parts = partsOf(happened);
  return parts.map((part, index) => ({ ...part, name: `${happened.record.seq}.${index}` }));
}

type Part = Omit<Said, 'name'> | Omit<Attached, 'name'>;

function partsOf({ record, state, next, decisions }: Happened): Part[] {
  const { event, at } = record;
  if (isDecided(event)) return decidedParts(event, at, state);
  switch (event.type) {
    case 'gate-opened':
      return gateParts(event.gate, state);
    case 'gate-expired':
      return [reply(renderExpired(event, state))];
    case 'gate-passed':
      return event.gate === 'go-back' ? [reply(renderGoingBack(event, state))] : [];
    case 'sign-off-fell':
      return [live((latest) => renderFallen(event, { at: state, latest }))];
    case 'approvers-changed':
      return [reply(renderApproversChanged(state))];
    case 'look-reminded':
      return [live((latest) => renderReminder({ at: state, latest }))];
    case 'reminded':
      return [live((latest) => renderReminded(event, at, { at: state, latest }))];
    case 'escalated':
      return [escalation(event, at, state)];
    case 'look-opened':
      return [
        live((latest) => renderSecondLook({ at: state, latest })),
        inChannel((latest, link) => renderLookInChannel({ at: state, latest }, link)),
      ];
    case 'taken-back':
      return [reply(renderRewind(event, state))];
    case 'foreign-hand':
      return [{ ...live((latest) => renderStuck({ at: state, latest })), place: 'channel' }];
    case 'noticed':
      return [live((latest) => renderNoticed(event, { at: state, latest }))];
    case 'step-failed':
      // A restore that ends with its failure says so in its last message.
      return next?.type === 'restore-ended'
        ? []
        : [{ ...live((latest) => renderStuck({ at: state, latest })), place: 'channel' }];
    case 'step-completed':
      return stepParts(event, at, state);
    case 'restore-ended':
      return [
        inChannel((latest, link) => renderEnd({ at: state, latest }, link)),
        live((latest) => renderReport({ at: state, latest }, decisions)),
        ...(isWhyEndedCut(state)
          ? [
              {
                kind: 'file' as const,
                document: whyEndedDocument,
                title: `Why ${state.restoreId} ended, whole`,
              },
            ]
          : []),
        ...recordFormats.toReversed().map((format) => ({
          kind: 'file' as const,
          document: recordDocuments[format],
          title: recordTitles[format](state.restoreId),
        })),
      ];
    case 'left-work-done':
      return [reply(renderWorkDone(event, state))];
    case 'message-edited':
      return [reply(renderEdited(event))];
    case 'restore-proposed':
    case 'step-started':
    case 'operation-requested':
    case 'operation-finished':
    case 'refused':
    case 'thread-said':
    case 'thread-edited':
    case 'thread-deleted':
    case 'thread-marked':
      return [];
  }
}

/** What a decision says of itself, with the buttons for as long as it asks; then what it makes possible. */
function decidedParts(event: DecidedEvent, at: number, state: RestoreState): Part[] {
  const { blocks: own, asksWhile } = dialogues[decisionName(event)].reply(event, { at, state });
  const blocks = [...own, ...terminalNote(event)];
  const said =
    asksWhile === undefined
      ? reply(message(blocks))
      : live((latest) => message([...blocks, ...(asksWhile(latest) ? [context(onTheCard)] : [])]));
  const isLastSignature = event.type === 'signed-off' && event.gate === 'commit' && isJustSigned(state);
  return isLastSignature ? [said, live((latest) => renderReadyToCommit({ at: state, latest }))] : [said];
}

/** The thread may hear of it long after: nobody has seen them press anything. */
function terminalNote({ person }: DecidedEvent): ContextBlock[] {
  return person?.terminalKey === undefined
    ? []
    : [context(`Decided in a terminal on the bot's machine, with the key ${code(person.terminalKey, 60)}.`)];
}

function gateParts(gate: 'stop' | 'commit' | 'go-back', state: RestoreState): Part[] {
  switch (gate) {
    case 'stop':
      return [live((latest) => renderStopGate({ at: state, latest }))];
    case 'commit': {
      const summary = summaryOf(state);
      if (summary === undefined) throw new Error(`${state.restoreId}: a commit gate without what it signs`);
      return [
        live((latest) => renderStaged({ at: state, latest }, summary)),
        ...(summary.unchangedSincePlan
          ? []
          : [file(summary.blast.document, state, 'What committing would do now')]),
        ...(state.edits.length > 0 ? [file(leftOutDocument, state, 'What is left out of the restore')] : []),
        // Sign-offs were kept, and an order is not: it is given again.
        ...(isSigned(state) ? [live((latest) => renderReadyToCommit({ at: state, latest }))] : []),
      ];
    }
    case 'go-back':
      return [live((latest) => renderGoBackGate({ at: state, latest }))];
  }
}

function stepParts(event: EventOf<'step-completed'>, at: number, state: RestoreState): Part[] {
  switch (event.step) {
    case 'preview': {
      const { killed, rescheduled, kept } = event.facts.blast;
      return [
        reply(renderCost(event.facts, state)),
        ...(killed + rescheduled + kept === 0 ? [] : [file('preview', state, 'What this restore would do')]),
      ];
    }
    case 'summarise-staged':
    case 'summarise-backup':
    case 'read-old-state':
      return isStillOpen(event.facts, at, state) ? gateParts('commit', state) : [];
    case 'commit':
      return [reply(renderCommitAnswer(event.facts, at, state))];
    case 'run-recovery-tool':
      return [reply(renderToolRun(event.facts))];
    case 'verify-restored':
      return [reply(renderVerified(event.facts, state))];
    case 'soak':
      return [reply(renderSoak(event.facts, state))];
    case 'undo-confirm-leader':
      return [reply(renderUndone(event.facts, state))];
    default:
      return [];
  }
}

/** Begun once more, and the same came out: no gate is opened for it, so the question is asked here again. */
function isStillOpen(facts: Summary, at: number, state: RestoreState): boolean {
  const gate = state.gates.commit;
  if (gate?.status !== 'open' || gate.digest !== facts.commitDigest) return false;
  return judgeGate(gate, { policy: state.proposal.policy, now: at }).kind !== 'expired';
}

/** With this signature, not with one beyond those needed: without it something was missing. */
function isJustSigned(state: RestoreState): boolean {
  const gate = state.gates.commit;
  if (gate === undefined || !isSigned(state)) return false;
  const before = { ...gate, signOffs: gate.signOffs.slice(0, -1) };
  return !isSigned({ ...state, gates: { ...state.gates, commit: before } });
}

function reply(message: Message): Omit<Said, 'name'> {
  return { kind: 'message', place: 'thread', live: false, linked: false, render: () => message };
}

function live(render: Said['render']): Omit<Said, 'name'> {
  return { kind: 'message', place: 'thread', live: true, linked: false, render };
}

/** Also for those who do not follow the thread; its address is in it. */
function inChannel(render: Said['render']): Omit<Said, 'name'> {
  return { ...live(render), place: 'channel', linked: true };
}

/** In another channel with the way here; in both it says when it is answered. */
function escalation(event: EventOf<'escalated'>, at: number, state: RestoreState): Omit<Said, 'name'> {
  const channel = escalationChannel(state);
  const render: Said['render'] = (latest, threadLink) =>
    renderEscalated(event, at, { at: state, latest, threadLink });
  return channel === null
    ? live(render)
    : { ...live(render), linked: true, place: 'channel', elsewhere: channel };
}

function file(document: string, state: RestoreState, title: string): Omit<Attached, 'name'> {
  return { kind: 'file', document, title: `${title} to ${state.proposal.cluster}` };
}
