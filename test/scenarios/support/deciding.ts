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
      await service.signOff({ restoreId, gate, digest: await digestOf(gate), userId, comment: 'checked' }),
    decline: async ({ userId }: Actor, gate: GateName, reason = 'wrong backup'): Promise<Answer> =>
      await service.decline({ restoreId, gate, digest: await digestOf(gate), userId, reason }),
    commit: async ({ userId }: Actor, typed?: string): Promise<Answer> =>
      await service.commit({
        restoreId,
        digest: await digestOf('commit'),
        userId,
        typedCluster: typed ?? (await clusterOf()),
      }),
    abort: async ({ userId }: Actor, reason = 'enough'): Promise<Answer> =>
      await service.abort({ restoreId, userId, reason }),
    lookAgain: async ({ userId }: Actor): Promise<Answer> => await service.lookAgain({ restoreId, userId }),
    goBack: async ({ userId }: Actor): Promise<Answer> =>
      await service.goBack({ restoreId, userId, reason: 'it kills too much' }),
    release: async ({ userId }: Actor): Promise<Answer> => await service.release({ restoreId, userId }),
    extendLook: async ({ userId }: Actor, byMs: number): Promise<Answer> =>
      await service.extendLook({ restoreId, userId, byMs }),
    pause: async ({ userId }: Actor): Promise<Answer> =>
      await service.pause({ restoreId, userId, reason: 'breathe' }),
    resume: async ({ userId }: Actor): Promise<Answer> => await service.resume({ restoreId, userId }),
    leaveOut: async ({ userId }: Actor, taskIds: readonly string[]): Promise<Answer> =>
      await service.edit({
        restoreId,
        digest: await digestOf('commit'),
        userId,
        jobs: [],
        taskIds,
        reason: 'stopped on purpose',
      }),
  };
}
