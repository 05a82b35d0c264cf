/** What every form of a decision shows, in one order: the backup, what it costs, what is left out, what can be undone. */
import type { KnownBlock } from '@slack/types';
import { hasTouchedHosts, type RestoreState, summaryOf } from '../../restore/record/state.ts';
import { mayGoBack } from '../../restore/rules/second-look.ts';
import { context, section } from '../blocks.ts';
import { code, foreign } from '../escape.ts';
import { missingSignOffs, wordList } from '../messages/approvers.ts';
import { killedText } from '../messages/cost.ts';
import { checkedText } from '../messages/diagnosis.ts';
import { backupText, beforeText } from '../messages/procedure.ts';
import { leftOutText } from '../messages/rewind-lines.ts';
import { count } from '../time.ts';

/** Behind what a form says of the decision itself, before its fields. */
export function aboutBlocks(state: RestoreState): KnownBlock[] {
  const lines = [
    `*Restores* ${backupText(state)}.`,
    `*Tasks:* ${effectsText(state)}.`,
    leftOutText(state),
    undoText(state),
    checkedText(state),
  ];
  return [section(lines.filter((line) => line !== '').join('\n'))];
}

/** The jobs that die, hardest hit first, for whoever is about to commit or to let it reconcile. */
export function dyingBlocks(state: RestoreState): KnownBlock[] {
  const blast = summaryOf(state)?.blast;
  return blast === undefined ? [] : [section(killedText(blast, 'a restored scheduler does not know them.'))];
}

/** What the opener's signature adds; they may be one who adds nothing, and reads it before signing. */
export function addsBlocks(
  state: RestoreState,
  { gate, userId }: { gate: 'stop' | 'commit' | 'go-back'; userId: string },
): KnownBlock[] {
  // The first signature of going back opens its gate.
  const missing =
    state.gates[gate] === undefined ? state.proposal.policy.commitSigners : missingSignOffs(state, gate);
  const signed = state.gates[gate]?.signOffs.map(({ person }) => foreign(person.name, 60)) ?? [];
  const so = signed.length === 0 ? 'Nobody has signed yet.' : `Signed so far: ${wordList(signed)}.`;
  const then =
    missing === 0
      ? 'Enough people have signed: another sign-off would add nothing.'
      : missing === 1
        ? 'Yours is the last one needed.'
        : `After yours, ${count(missing - 1, 'more is', 'more are')} needed.`;
  return [
    context([togetherText(state, gate, userId), `${so} ${then}`].filter((text) => text !== '').join(' ')),
  ];
}

/** `ana requested this and bo left tasks out: together they count once`; empty where each counts for themselves. */
function togetherText(state: RestoreState, gate: string, userId: string): string {
  const { requester } = state.proposal;
  const editors = new Map(state.edits.map(({ person }) => [person.id, person]));
  editors.delete(requester.id);
  if (gate !== 'commit' || editors.size === 0 || !state.proposal.policy.requesterCounts) return '';
  const authors = [requester, ...editors.values()];
  if (!authors.some((author) => author.userId === userId)) return '';
  const names = [...editors.values()].map(({ name }) => foreign(name, 60));
  return `*${foreign(requester.name, 60)} requested this and ${wordList(names)} left tasks out: together they count as one signer.*`;
}

/** `3 killed, 4 started again, 5 kept`. */
export function effectsText(state: RestoreState): string {
  const blast = summaryOf(state)?.blast ?? state.facts.preview?.blast;
  return blast === undefined
    ? 'not counted yet; the thread says when they are'
    : `${blast.killed} killed, ${blast.rescheduled} started again, ${blast.kept} kept`;
}

/** What cannot be undone, and what still can. */
function undoText(state: RestoreState): string {
  const old = beforeText(state, 'logs');
  if (state.ended !== null) return 'It has ended: what it did stays as it is.';
  if (state.phase === 'undo')
    return `${code(state.proposal.cluster)} is being put back; nothing that happens now loses tasks.`;
  if (state.look?.released != null)
    return '*Cannot be undone:* the reconciliation. Going back now takes another restore.';
  if (state.commitOrdered !== null) {
    return `*Cannot be undone:* the first reconciliation. Until then ${mayGoBack(state) ? `you can go back to ${old}` : `${old} can still be put back at the second look`}.`;
  }
  const now = hasTouchedHosts(state) ? '' : 'nothing has been touched yet. ';
  return `*Can be undone:* ${now}Until the commit, *Stop* puts everything back. After the commit *Stop* no longer works; you can still go back to ${old} until the first reconciliation, which *cannot be undone*.`;
}
