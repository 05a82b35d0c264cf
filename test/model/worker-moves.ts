/** What the worker does, and what the world does to it: steps that go well, fail or are cut short; slowness; crashes. */
import { passesCommit } from '../../src/restore/decide.ts';
import type { RestoreEvent } from '../../src/restore/events.ts';
import type { StepName } from '../../src/restore/facts.ts';
import { hasTouchedHosts, nextItem } from '../../src/restore/state.ts';
import { completed } from '../restore/support/facts.ts';
import type { Held, ModelState } from './model-state.ts';
import { allDigests, findFallen } from './people-moves.ts';
import { fallOf, nobody, policy, type World } from './world.ts';
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
  yield* edits(world, state);
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
        fallen: findFallen(world, state, signers),
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
  yield* overtake(world, state, runOn(world, state));
}

/** All steps up to the next gate, look or end in one move: between them only what is tried elsewhere could happen. */
function runOn(world: World, state: ModelState): Move {
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
      completed(due.step),
    ];
    move = write(world, move.next, { label: '', events, decidedAt: now });
  }
  return { ...move, helps: true, label: `the worker runs all steps to ${last ?? 'none'}` };
}

/** Somebody changed what is staged, or planned it again: the gate opens with that digest, which may be the same. */
function* edits(world: World, state: ModelState): Generator<Move> {
  const { restore, now } = state;
  const item = nextItem(restore);
  if (
    restore.phase !== 'forward' ||
    restore.stuck !== null ||
    item?.kind !== 'gate' ||
    item.name === 'go-back'
  )
    return;
  const gate = restore.gates[item.name];
  if (gate?.status !== 'open') return;
  for (const digest of allDigests(world, item.name)) {
    const { needed } = gate;
    const expiresAt = now + policy.signOffTtlMs;
    const events: readonly RestoreEvent[] = [
      { type: 'gate-opened', gate: item.name, digest, needed, expiresAt },
    ];
    const label =
      digest === gate.digest
        ? `an identical re-plan keeps ${digest}`
        : `an edit changes ${gate.digest} to ${digest}`;
    yield* overtake(world, state, write(world, state, { label, events, decidedAt: now }));
  }
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
