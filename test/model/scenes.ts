/** Where the exploration begins: the proposal, and for a longer reach the two places where people decide. */
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { foldJournal } from '../../src/restore/record/fold.ts';
import { recordsOf } from '../restore/support/story.ts';
import { emptyLedger } from './ledger.ts';
import type { ModelState } from './model-state.ts';
import { allMoves } from './moves.ts';
import { nobody, policy, type World } from './world.ts';
import type { Move } from './writing.ts';

interface Scene {
  readonly name: string;
  readonly state: ModelState;
}

/** Told as moves of the model itself, so that a scene is a state that can really come about. */
const waysOf = (world: World): Readonly<Record<string, readonly string[]>> => ({
  'a restore was proposed': [],
  'the commit gate is open': [
    `the worker runs all steps to ${stepBefore(world, 'stop')}`,
    'the worker writes gate-opened stop',
    'bo signs off stop d1',
    'the worker writes gate-passed stop',
    `the worker runs all steps to ${stepBefore(world, 'commit')}`,
    'the worker writes gate-opened commit',
  ],
  'the second look is open': [
    'bo signs off commit c1',
    'ana signs off commit c1',
    'ana orders the commit of c1',
    'the worker writes gate-passed commit',
    `the worker runs all steps to ${stepBefore(world, 'look')}`,
    'the worker writes look-opened',
  ],
});

function stepBefore({ procedure: { plan } }: World, name: 'stop' | 'commit' | 'look'): string {
  const place = plan.findIndex((item) => item.kind !== 'step' && item.name === name);
  return plan[place - 1]?.name ?? 'none';
}

/** The scenes in their order, each reached from the one before. Needs two people. */
export function createScenes(world: World): readonly Scene[] {
  let state = proposedState(world);
  return Object.entries(waysOf(world)).map(([name, way]) => {
    for (const label of way) state = follow(world, state, label).next;
    return { name, state };
  });
}

function follow(world: World, state: ModelState, label: string): Move {
  for (const move of allMoves(world, state)) if (move.label === label) return move;
  throw new Error(`in this scene nobody can do that: ${label}`);
}

function proposedState(world: World): ModelState {
  const requester = world.people[0];
  if (requester === undefined) throw new Error('a restore needs a requester');
  const proposal: RestoreEvent = {
    type: 'restore-proposed',
    cluster: 'east',
    auroraVersion: '0.22.0',
    hosts: ['aurora-1', 'aurora-2', 'aurora-3'],
    channel: 'C1',
    requester: { id: requester.id, userId: requester.userId, name: requester.displayName },
    reason: 'replicated log corrupt on all hosts',
    incident: '',
    backup: { host: 'aurora-2', name: 'scheduler-backup-2026-11-23-16-30', sha256: 'ab'.repeat(32) },
    procedure: world.procedure.name,
    ...(world.procedure.source === 'set-aside-log' && { of: 'R0' }),
    policy,
  };
  const restore = foldJournal(recordsOf([proposal]));
  return { restore, now: 100, fallen: nobody, held: null, ledger: emptyLedger };
}
