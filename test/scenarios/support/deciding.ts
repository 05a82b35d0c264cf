/** What people press, each by name: the service's answers, with the restore and its digests filled in. */

import type { Actor, GateName } from '../../../src/restore/record/events.ts';
import type { Answer } from '../../../src/restore/service/answer.ts';
import type { PretendEngine } from '../../restore/support/pretend-engine.ts';

export type Deciding = ReturnType<typeof createDeciding>;

/** Presses for one restore. */
export function createDeciding(engine: PretendEngine, restoreId = 'R1') {
  const { service } = engine;
  const digestOf = async (gate: GateName): Promise<string> =>
    (await engine.state(restoreId)).gates[gate]?.digest ?? '';
  const clusterOf = async (): Promise<string> => (await engine.state(restoreId)).proposal.cluster;

  return {
    sign: async ({ userId }: Actor, gate: GateName): Promise<Answer> =>
      await service.take('sign-off', {
        restoreId,
        gate,
        digest: await digestOf(gate),
        userId,
        comment: 'checked',
      }),
    decline: async ({ userId }: Actor, gate: GateName, reason = 'wrong backup'): Promise<Answer> =>
      await service.take('decline', { restoreId, gate, digest: await digestOf(gate), userId, reason }),
    commit: async ({ userId }: Actor, typed?: string): Promise<Answer> =>
      await service.take('commit', {
        restoreId,
        digest: await digestOf('commit'),
        userId,
        typedCluster: typed ?? (await clusterOf()),
      }),
    abort: async ({ userId }: Actor, reason = 'enough'): Promise<Answer> =>
      await service.take('abort', { restoreId, userId, reason }),
    lookAgain: async ({ userId }: Actor): Promise<Answer> =>
      await service.take('look-again', { restoreId, userId }),
    goBack: async ({ userId }: Actor): Promise<Answer> =>
      await service.take('go-back', { restoreId, userId, reason: 'it kills too much' }),
    release: async ({ userId }: Actor): Promise<Answer> =>
      await service.take('let-reconcile', { restoreId, userId }),
    extendLook: async ({ userId }: Actor, byMs: number): Promise<Answer> =>
      await service.take('more-time', { restoreId, userId, byMs }),
    pause: async ({ userId }: Actor): Promise<Answer> =>
      await service.take('pause', { restoreId, userId, reason: 'breathe' }),
    resume: async ({ userId }: Actor): Promise<Answer> => await service.take('resume', { restoreId, userId }),
    leaveOut: async ({ userId }: Actor, taskIds: readonly string[]): Promise<Answer> =>
      await service.take('leave-out', {
        restoreId,
        digest: await digestOf('commit'),
        userId,
        jobs: [],
        taskIds,
        reason: 'stopped on purpose',
      }),
  };
}
