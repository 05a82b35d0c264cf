/** A scenario in the words of an operator: what is given, what happens, and the play over the pretend cluster that shows it. */
import { describe, it } from 'vitest';
import type { Given } from './given.ts';
import { openStage, type Stage } from './stage.ts';

/** One of many scenarios of the same kind: what is lost where, and in few words what comes of it. */
export interface Cell {
  readonly row: string;
  readonly column: string;
  readonly says: string;
}

export interface Scenario {
  /** As an operator would tell it. */
  readonly title: string;
  /** What happens then, in one sentence. */
  readonly happens: string;
  /** Where it stands when its group is a table. */
  readonly cell?: Cell;
  readonly given?: Given;
  readonly play: (stage: Stage) => Promise<void>;
}

export interface Group {
  readonly title: string;
  readonly scenarios: readonly Scenario[];
}

/** Makes a test of each scenario. */
export function tell(group: Group): void {
  describe(group.title, () => {
    for (const { title, happens, given = {}, play } of group.scenarios) {
      it(`${title}: ${happens}`, async () => {
        await using stage = await openStage(given);
        await play(stage);
      });
    }
  });
}
