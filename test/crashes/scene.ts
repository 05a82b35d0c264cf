/** What is played while programs are killed: both procedures, each to its end and out of it by both ways. */
import type { Procedure } from '../../src/aurora/cluster.ts';
import { type StoryName, storyNames } from '../../src/drill/auto/stories.ts';

export interface Scene {
  readonly procedure: Procedure;
  readonly story: StoryName;
}

/** In the order in which they are played: the long ones first. */
export function scenesOf(procedures: readonly Procedure[]): readonly Scene[] {
  return storyNames.flatMap((story) => procedures.map((procedure) => ({ procedure, story })));
}
