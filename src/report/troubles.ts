/** What went wrong in a restore, and how each of it was settled. */
import { gateWords } from '../restore/decisions/gate-words.ts';
import { decisionOf, isDecided } from '../restore/decisions/index.ts';
import type { RestoreEvent } from '../restore/record/events.ts';
import type { RestoreState } from '../restore/record/state.ts';
import { titleOfStep } from '../restore/steps/index.ts';
import { plainWording } from './happened.ts';
import type { Replayed } from './replayed.ts';

export interface Trouble {
  readonly at: number;
  /** A sentence or two. */
  readonly what: string;
  /** How it was settled, in words; `null` as long as it is not. */
  readonly settled: string | null;
  readonly settledAt: number | null;
}

/** Oldest first. */
export function troublesIn(replayed: Replayed): readonly Trouble[] {
  return replayed.records.flatMap(({ event, at }, index) => {
    const found = troubleOf(event);
    if (found === null) return [];
    const settling = replayed.records
      .slice(index + 1)
      .findIndex((_, after) => found.isSettled(replayed.states[index + 1 + after]));
    const by = settling < 0 ? undefined : replayed.records[index + 1 + settling];
    return [
      {
        at,
        what: found.what,
        settled: by === undefined ? null : settlementBy(by.event),
        settledAt: by?.at ?? null,
      },
    ];
  });
}

interface Found {
  readonly what: string;
  isSettled(state: RestoreState | undefined): boolean;
}

function troubleOf(event: RestoreEvent): Found | null {
  switch (event.type) {
    case 'step-failed':
      return {
        what: `“${titleOfStep(event.step)}” got stuck: ${event.message}`,
        isSettled: (state) => state?.stuck === null,
      };
    case 'foreign-hand':
      return {
        what: `Somebody else was seen at work: ${event.message}`,
        isSettled: (state) => state?.stuck === null,
      };
    case 'gate-expired':
      return {
        what: `The time for ${gateWords[event.gate]} ran out.`,
        isSettled: (state) => state?.gates[event.gate]?.status !== 'expired' || state.ended !== null,
      };
    case 'sign-off-fell':
      return {
        what: `A sign-off was dropped: ${event.message}`,
        isSettled: (state) => state?.gates[event.gate]?.status !== 'open',
      };
    case 'taken-back':
      return {
        what: `Retried from “${titleOfStep(event.to)}”: ${event.message}`,
        isSettled: (state) =>
          state?.done.some(({ name }) => name === event.to) === true || state?.ended !== null,
      };
    case 'noticed':
      return { what: event.message, isSettled: (state) => state?.look?.stopped !== true };
    default:
      return null;
  }
}

function settlementBy(event: RestoreEvent): string {
  if (isDecided(event)) return decisionOf(event).told(event, plainWording);
  switch (event.type) {
    case 'step-started':
      return `“${titleOfStep(event.step)}” was tried again`;
    case 'step-completed':
      return `“${titleOfStep(event.step)}” was done`;
    case 'gate-opened':
      return `${gateWords[event.gate]} was opened again`;
    case 'gate-passed':
      return `${gateWords[event.gate]} had enough sign-offs without it`;
    case 'taken-back':
      return `it was retried from “${titleOfStep(event.to)}”`;
    case 'restore-ended':
      return `the restore ended, ${event.outcome}`;
    default:
      return 'the restore continued';
  }
}
