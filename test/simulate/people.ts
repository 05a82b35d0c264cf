/** What people press: mostly what the card asks for, at times something else, or somebody who may not. */
import { nextItem, type RestoreState } from '../../src/restore/record/state.ts';
import type { RestoreService } from '../../src/restore/service/service.ts';
import { dee } from '../restore/support/office.ts';
import { ana, bo, cy } from '../restore/support/story.ts';
import type { Random } from './random.ts';

/** One press; it answers once it is known what came of it. */
export interface Press {
  readonly what: string;
  readonly userId: string;
  /** What a signature is for, where it is one. */
  readonly signs: { readonly gate: string; readonly digest: string } | null;
  send(service: RestoreService): Promise<{ readonly ok: boolean }>;
}

const approvers = [ana.userId, bo.userId, cy.userId];
const reason = 'because';

/** What the card asks for; `null` when it asks for nothing. */
export function sensiblePress(state: RestoreState, random: Random): Press | null {
  const { restoreId } = state;
  const userId = random.pick(approvers);
  if (state.stuck !== null) {
    return press('look again', userId, (service) => service.take('look-again', { restoreId, userId }));
  }
  if (state.paused !== null)
    return press('resume', userId, (service) => service.take('resume', { restoreId, userId }));
  const item = nextItem(state);
  if (item === null || state.phase === 'undo') return null;
  if (state.gates['go-back']?.status === 'open') return goBack(state, random);
  if (item.kind === 'look')
    return state.look === null
      ? null
      : press('let reconcile', userId, (service) => service.take('let-reconcile', { restoreId, userId }));
  if (item.kind !== 'gate') return null;
  const gate = state.gates[item.name];
  if (gate?.status !== 'open') return null;
  if (gate.signOffs.length < gate.needed) return signOff(state, item.name, random);
  return item.name === 'commit' && state.commitOrdered === null ? commit(state, random) : null;
}

/** Anything at all, whether it may be pressed or not. */
export function anyPress(state: RestoreState, random: Random): Press {
  const { restoreId } = state;
  const userId = random.pick([...approvers, dee.userId]);
  const order = { restoreId, userId, reason };
  const digest = random.pick([
    state.gates.commit?.digest ?? 'none',
    state.gates.stop?.digest ?? 'none',
    'f'.repeat(64),
  ]);
  const all: readonly (() => Press)[] = [
    () => abort(state, random),
    () => press('pause', userId, (service) => service.take('pause', order)),
    () => press('look again', userId, (service) => service.take('look-again', order)),
    () => press('more time', userId, (service) => service.take('more-time', { ...order, byMs: 600_000 })),
    () => press('let reconcile', userId, (service) => service.take('let-reconcile', order)),
    () => goBack(state, random),
    () =>
      press('decline', userId, (service) =>
        service.take('decline', {
          ...order,
          gate: random.pick(['stop', 'commit'] as const),
          digest,
        }),
      ),
    () =>
      press('leave out', userId, (service) =>
        service.take('leave-out', { ...order, digest, jobs: [], taskIds: ['www-prod-bidder-0'] }),
      ),
    () => signOff(state, random.pick(['stop', 'commit'] as const), random),
    () => commit(state, random),
  ];
  return random.pick(all)();
}

/** Out of what cannot be finished: back to how it was, where that is still possible. */
export function wayOut(state: RestoreState, random: Random): Press {
  return random.chance(0.5) ? abort(state, random) : goBack(state, random);
}

export function abort({ restoreId }: RestoreState, random: Random): Press {
  const userId = random.pick(approvers);
  return press('abort', userId, (service) => service.take('abort', { restoreId, userId, reason }));
}

function signOff(state: RestoreState, gate: 'stop' | 'commit' | 'go-back', random: Random): Press {
  const digest = state.gates[gate]?.digest ?? 'none';
  const userId = random.pick([...approvers, dee.userId]);
  const order = { restoreId: state.restoreId, userId, gate, digest, comment: 'checked' };
  return {
    ...press(`sign ${gate}`, userId, (service) => service.take('sign-off', order)),
    signs: { gate, digest },
  };
}

function commit(state: RestoreState, random: Random): Press {
  const userId = random.pick(approvers);
  const { restoreId, proposal } = state;
  const digest = state.gates.commit?.digest ?? 'none';
  const order = { restoreId, userId, digest, typedCluster: proposal.cluster };
  return press('commit', userId, (service) => service.take('commit', order));
}

function goBack({ restoreId }: RestoreState, random: Random): Press {
  const userId = random.pick(approvers);
  return press('go back', userId, (service) => service.take('go-back', { restoreId, userId, reason }));
}

function press(
  what: string,
  userId: string,
  send: (service: RestoreService) => Promise<{ readonly ok: boolean }>,
): Press {
  return { what, userId, signs: null, send };
}
