/** The one line about the cluster as it is, with the usual cure that is not a restore: wherever somebody might begin one. */
import type { Diagnosis } from '../../aurora/diagnosis.ts';
import { hasTouchedHosts, type RestoreState, summaryOf } from '../../restore/record/state.ts';
import { code, sentence } from '../escape.ts';
import { clockTime, count } from '../time.ts';

/** `east now: …`, where somebody is about to propose. */
export function nowText(cluster: string, diagnosis: Diagnosis): string {
  const { kind, says, cure } = diagnosis;
  const then = kind === 'healthy' ? 'A restore would replace its storage all the same.' : sentence(cure, 400);
  return `*${code(cluster)} now:* ${sentence(says, 300)} ${then}`;
}

/**
 * The same as the first step of a restore has seen it, with what the restore would still do. Empty once hosts were touched, and
 * for a journal of before it was kept.
 */
export function checkedText(state: RestoreState): string {
  const diagnosis = state.facts['check-hosts']?.diagnosis;
  if (diagnosis === undefined || hasTouchedHosts(state)) return '';
  const { cluster } = state.proposal;
  const at = state.runs['check-hosts']?.endedAt ?? state.proposedAt;
  const blast = summaryOf(state)?.blast ?? state.facts.preview?.blast;
  const then =
    diagnosis.kind !== 'healthy'
      ? sentence(diagnosis.cure, 400)
      : blast === undefined || blast.killed === 0
        ? ''
        : `A restore would still kill ${count(blast.killed, 'task')}.`;
  return `*${code(cluster)} at ${clockTime(at)}:* ${sentence(diagnosis.says, 300)} ${then}`.trimEnd();
}

/** At an end without a restored cluster: what was wrong before, and its cure, are still open. Empty for one that was healthy. */
export function illText({ facts }: RestoreState): string {
  const diagnosis = facts['check-hosts']?.diagnosis;
  if (diagnosis === undefined || diagnosis.kind === 'healthy') return '';
  return `*Before this restore:* ${sentence(diagnosis.says, 300)} ${sentence(diagnosis.cure, 400)}`;
}
