/** How a step says that the restore must take another turn, instead of failing: by the event that is to be written. */
import { AuroraError } from '../../aurora/errors.ts';
import type { EventOf } from '../record/events.ts';
import type { StepContext } from '../step.ts';

export type Turn = EventOf<'taken-back' | 'foreign-hand'>;

type TakenBack = Extract<Turn, { type: 'taken-back' }>;

/** Thrown inside a step; the worker writes the event in place of a failure. */
export class Rewound extends Error {
  readonly event: Turn;

  constructor(event: Turn) {
    super(event.message);
    this.name = 'Rewound';
    this.event = event;
  }
}

/** How often a restore begins once more by itself before a person is asked. */
const turnsMax = 3;

/** Begins once more at a step; AuroraError with the same code once that has come to nothing too often. */
export function takeBack(context: Pick<StepContext, 'state'>, turn: Omit<TakenBack, 'type'>): never {
  throw new Rewound(takenBack(context, turn));
}

/** The event of it. */
export function takenBack(context: Pick<StepContext, 'state'>, turn: Omit<TakenBack, 'type'>): TakenBack {
  if (context.state().takenBack.length < turnsMax) return { type: 'taken-back', ...turn };
  throw new AuroraError({
    code: turn.code,
    message: turn.message,
    hint: `It has already been retried ${turnsMax} times. Find out why this keeps happening, or put everything back.`,
  });
}
