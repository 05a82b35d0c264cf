/** What people do over the pretend cluster, each press once for each state. */

import { nextItem, type RestoreState } from '../../../src/restore/record/state.ts';
import type { RestoreService } from '../../../src/restore/service/service.ts';
import { bo, cy } from './story.ts';

/** What people do when they see the restore at a place; `null` when they just look on. */
export type People = (service: RestoreService, state: RestoreState) => Promise<unknown> | null;

/** Looks on. */
export const nobody: People = () => null;

/** True at a commit gate that is open, and at one that has its signatures. */
export const isOpen = (state: RestoreState): boolean => state.gates.commit?.status === 'open';
export const isSigned = (state: RestoreState): boolean => {
  const gate = nextItem(state)?.name === 'commit' ? state.gates.commit : undefined;
  return gate?.status === 'open' && gate.signOffs.length >= gate.needed;
};

/** Two people sign whatever is open, and nobody orders the commit. */
export const signing: People = (service, state) => (isSigned(state) ? null : approving(service, state));

/** Bo approves the stop, bo and cy sign the commit and cy orders it, bo lets it reconcile. */
export const approving: People = approvedBy(bo.userId, cy.userId);

/** The same by others, the first of them in bo's place and the second in cy's. */
export function approvedBy(first: string, second: string): People {
  return (service, state) => {
    const item = nextItem(state);
    const { restoreId } = state;
    if (state.phase === 'undo' || state.stuck !== null || item === null) return null;
    if (item.kind === 'look')
      return state.look === null ? null : service.take('let-reconcile', { restoreId, userId: first });
    if (item.kind !== 'gate') return null;
    const gate = state.gates[item.name];
    if (gate?.status !== 'open') return null;
    const { digest } = gate;
    const vote = { restoreId, gate: item.name, digest, comment: 'checked' };
    const signed = new Set(gate.signOffs.map((signOff) => signOff.person.userId));
    const next = [first, second].slice(0, gate.needed).find((userId) => !signed.has(userId));
    if (next !== undefined) return service.take('sign-off', { ...vote, userId: next });
    if (item.name !== 'commit' || state.commitOrdered !== null) return null;
    return service.take('commit', {
      restoreId,
      digest,
      userId: second,
      typedCluster: state.proposal.cluster,
    });
  };
}
