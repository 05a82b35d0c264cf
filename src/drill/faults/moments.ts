/**
 * Moments of a restore, as its journal tells them: when a step is started, a gate opens, the second look begins. That
 * something was noticed, or that it has ended, are moments too, at which nothing can be ordered.
 */

import { procedures } from '../../restore/procedures/index.ts';
import { undoPlan } from '../../restore/procedures/parts.ts';
import type { RestoreEvent } from '../../restore/record/events.ts';

export type Moment = string;

/** Before anybody looks for a backup or proposes anything: no journal tells it. */
export const beforehand: Moment = 'beforehand';

/** In the order of the plans, each once. */
export const moments: readonly Moment[] = [
  beforehand,
  ...new Set(
    [...Object.values(procedures).flatMap(({ plan }) => plan), ...undoPlan].map((item) =>
      item.kind === 'gate' ? `gate-${item.name}` : item.name,
    ),
  ),
  'gate-go-back',
];

/** `null` for an event that is no moment. */
export function momentOf(event: RestoreEvent): Moment | null {
  switch (event.type) {
    case 'step-started':
      return event.step;
    case 'gate-opened':
      return `gate-${event.gate}`;
    case 'look-opened':
      return 'look';
    case 'noticed':
    case 'restore-ended':
      return event.type;
    default:
      return null;
  }
}
