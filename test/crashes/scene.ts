/** What is played while programs are killed: both procedures, each to its end and out of it by both ways. */
import type { Procedure } from '../../src/aurora/cluster.ts';
import type { StoryName } from '../../src/drill/auto/stories.ts';

const played = ['restore', 'go-back', 'abort'] as const satisfies readonly StoryName[];

export interface Scene {
  readonly procedure: Procedure;
  readonly story: (typeof played)[number];
}

/** In the order in which they are played: the long ones first. */
export function scenesOf(procedures: readonly Procedure[]): readonly Scene[] {
  return played.flatMap((story) => procedures.map((procedure) => ({ procedure, story })));
}
