/** What the worker does, and what the world does to it: steps that go well, fail or are cut short; slowness; crashes. */

import type { RestoreEvent } from '../../src/restore/record/events.ts';
import type { StepName } from '../../src/restore/record/facts.ts';
import {
  hasTouchedHosts,
  isAtCommitGate,
  nextItem,
  type RestoreState,
  rewindsOf,
  summaryOf,
} from '../../src/restore/record/state.ts';
import { passesCommit } from '../../src/restore/rules/next.ts';
import { completed } from '../restore/support/facts.ts';
import type { Held, ModelState } from './model-state.ts';
import { allDigests, seeSigners } from './people-moves.ts';
import { fallOf, nobody, policy, rewindsMax, type World } from './world.ts';
import { type Move, overtake, write } from './writing.ts';

/** Every step of the worker from here. A crash with nothing held needs no move: the next look starts from the journal. */
export function* workerMoves(world: World, state: ModelState): Generator<Move> {
  const { held } = state;
  if (held !== null) yield* landLate(world, state, held);
  const due = world.product.decideNext(state.restore, state.now);
  if (due.kind === 'append') {
    const decided: Held = { seq: state.restore.seq, events: due.events, decidedAt: state.now, press: null };
    const names = due.events.map(nameOf).join(', ');
    yield* land(world, state, { held: decided, label: `the worker writes ${names}`, helps: true });
    if (held === null) {
      yield {
        label: `the worker decides ${names}, and is slow`,
        next: { ...state, held: decided },
        breaches: [],
        helps: false,
      };
    }
  }
  if (due.kind === 'run') yield* stepMoves(world, state, due.step);
  yield* turns(world, state);
}

/** Time, and what happens to people. */
export function* worldMoves(world: World, state: ModelState): Generator<Move> {
  yield { label: 'a tick passes', next: { ...state, now: state.now + 1 }, breaches: [], helps: true };
  // One person falls, and never so that too few are left to go back: that nobody can then is no defect.
  if (state.fallen !== nobody || world.people.length <= policy.commitSigners) return;
  for (const [index, person] of world.people.entries()) {
    yield {
      label: `${person.displayName} ${fallOf(index)}`,
      next: { ...state, fallen: index },
      breaches: [],
      helps: false,
    };
  }
}

function* landLate(world: World, state: ModelState, held: Held): Generator<Move> {
  const { press, events, decidedAt } = held;
  if (press === null) {
    yield* land(world, state, { held, label: 'the slow worker writes what it decided' });
    return;
  }
  yield write(world, state, { label: `now it is written: ${press}`, events, decidedAt, at: decidedAt });
}

/** The worker's write: signers looked up, the sequence asked for, and all of it again after a crash right behind it. */
function* land(
  world: World,
  state: ModelState,
  due: { held: Held; label: string; helps?: boolean },
): Generator<Move> {
  const { held, label, helps = false } = due;
  const free = { ...state, held: null };
  const signers = held.events.flatMap((event) => (event.type === 'gate-passed' ? event.signers : []));
  const events = passesCommit(held.events)
    ? world.product.holdCommitBack(state.restore, {
        events: held.events,
        seen: seeSigners(world, state, signers),
        now: state.now,
      })
    : held.events;
  if (events.length === 0 || !world.product.acceptsAppend(held.seq, state.restore.seq)) {
    yield { label: `${label}, in vain`, next: free, breaches: [], helps };
    return;
  }
  const first = write(world, free, { label, events, decidedAt: held.decidedAt, helps });
  yield first;
  if (!world.product.acceptsAppend(held.seq, first.next.restore.seq)) return;
  const again = write(world, first.next, {
    label: `${label}, crashes, and writes it again`,
    events,
    decidedAt: held.decidedAt,
  });
  yield { ...again, breaches: [...first.breaches, ...again.breaches] };
}

function* stepMoves(world: World, state: ModelState, step: StepName): Generator<Move> {
  const { restore, now } = state;
  const started: RestoreEvent = {
    type: 'step-started',
    step,
    attempt: (restore.runs[step]?.attempt ?? 0) + 1,
  };
  const begun = write(world, state, {
    label: `${step} is cut short by a crash`,
    events: [started],
    decidedAt: now,
  });
  if (restore.current === null) yield* overtake(world, state, begun);
  const failed: RestoreEvent = {
    type: 'step-failed',
    step,
    code: 'x',
    message: 'It failed.',
    hint: 'Mend it.',
  };
  const ended: RestoreEvent = { type: 'restore-ended', outcome: 'failed', message: 'It failed.' };
  const failure = hasTouchedHosts(begun.next.restore) ? [failed] : [failed, ended];
  const label = `${step} fails`;
  yield* overtake(
    world,
    state,
    write(world, state, { label, events: [started, ...failure], decidedAt: now }),
  );
  // What is staged comes out with one digest or with another; the first time it is what the plan says.
  const digests =
    rewindsOf(restore) === 0 ? allDigests(world, 'commit').slice(0, 1) : allDigests(world, 'commit');
  for (const digest of leadsToSummary(restore) ? digests : digests.slice(0, 1)) {
    yield* overtake(world, state, runOn(world, state, digest));
  }
}

/** All steps up to the next gate, look or end in one move: between them only what is tried elsewhere could happen. */
function runOn(world: World, state: ModelState, digest: string): Move {
  let move: Move = { label: '', next: state, breaches: [], helps: true };
  let last: StepName | null = null;
  for (;;) {
    const { restore, now } = move.next;
    const due = world.product.decideNext(restore, now);
    if (due.kind !== 'run' || move.breaches.length > 0) break;
    last = due.step;
    const attempt = (restore.runs[due.step]?.attempt ?? 0) + 1;
    const events: readonly RestoreEvent[] = [
      { type: 'step-started', step: due.step, attempt },
      summarised(world, completed(due.step), digest),
    ];
    move = write(world, move.next, { label: '', events, decidedAt: now });
  }
  const made =
    last === world.procedure.summaryStep && rewindsOf(state.restore) > 0 ? `, which makes ${digest}` : '';
  return { ...move, helps: true, label: `the worker runs all steps to ${last ?? 'none'}${made}` };
}

function summarised(world: World, event: RestoreEvent, commitDigest: string): RestoreEvent {
  if (event.type !== 'step-completed' || event.step !== world.procedure.summaryStep) return event;
  return { ...event, facts: { ...event.facts, commitDigest } } as RestoreEvent;
}

/** The next gate is that of the commit, and a summary is made on the way. */
function leadsToSummary(restore: RestoreState): boolean {
  return restore.phase === 'forward' && summaryOf(restore) === undefined;
}

/** What befalls the staged set while people decide, and what a lost reply turns out to be. */
function* turns(world: World, state: ModelState): Generator<Move> {
  const { restore, now } = state;
  if (restore.phase !== 'forward' || restore.ended !== null || restore.stuck !== null) return;
  const hand: RestoreEvent = { type: 'foreign-hand', act: 'unloaded', host: 'h', message: 'm', hint: 'h' };
  const begin = (label: string, event: RestoreEvent) =>
    overtake(world, state, write(world, state, { label, events: [event], decidedAt: now }));
  if (isAtCommitGate(restore) && restore.gates.commit?.status === 'open') {
    yield* begin('somebody else unloads what is staged', hand);
    if (rewindsOf(restore) >= rewindsMax) return;
    const { summaryStep, electsIn } = world.procedure;
    yield* begin('what is staged is lost, and made again', back(summaryStep, 'kept'));
    if (restore.runs[electsIn] !== undefined) {
      yield* begin('two count as elected, and it is staged again', back(electsIn, 'kept'));
    }
    yield* begin('the cost has grown', back(summaryStep, 'void'));
  }
  const { look } = restore;
  if (look !== null && look.released === null && nextItem(restore)?.kind === 'look') {
    if (!look.stopped) yield* begin('a scheduler is restarted while people look', noticed(false));
    if (!look.unclean) yield* begin('a stranger lets it reconcile while people look', noticed(true));
  }
  const next = nextItem(restore);
  const isSent = restore.facts.commit !== undefined && next?.name === 'verify-restored';
  if (isSent && restore.current === null && rewindsOf(restore) < rewindsMax) {
    yield* begin('the commit turns out not to have been applied', back('find-elected', 'void'));
  }
}

function noticed(unclean: boolean): RestoreEvent {
  return { type: 'noticed', code: 'changed', message: 'm', hint: 'h', ...(unclean && { unclean }) };
}

function back(to: StepName, signOffs: 'kept' | 'void'): RestoreEvent {
  return { type: 'taken-back', to, code: 'x', message: 'm', signOffs };
}

function nameOf(event: RestoreEvent): string {
  switch (event.type) {
    case 'gate-opened':
    case 'gate-passed':
    case 'gate-expired':
      return `${event.type} ${event.gate}`;
    case 'restore-ended':
      return `${event.type} ${event.outcome}`;
    default:
      return event.type;
  }
}
