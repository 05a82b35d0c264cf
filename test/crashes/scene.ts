/** What is played while programs are killed: every procedure, each to its end and out of it by both ways. */
import type { Procedure, RestoreProcedure } from '../../src/aurora/cluster.ts';
import type { Way } from '../../src/drill/auto/stories.ts';
import { procedures } from '../../src/restore/procedures/index.ts';

const played = ['restore', 'go-back', 'abort'] as const satisfies readonly Way[];

export interface Scene {
  readonly procedure: RestoreProcedure;
  readonly story: (typeof played)[number];
}

/** In the order in which they are played: the long ones first. */
export function scenesOf(procedures: readonly RestoreProcedure[]): readonly Scene[] {
  return played.flatMap((story) => procedures.map((procedure) => ({ procedure, story })));
}

/** Of the others each cluster has one; this one is proposed when a restore before it has completed. */
export function isConfigured(procedure: RestoreProcedure): procedure is Procedure {
  return procedures[procedure].source === 'backup';
}
