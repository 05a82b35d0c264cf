import type { GateName } from '../../restore/record/events.ts';
import type { RestoreState } from '../../restore/record/state.ts';
import { beforeText } from '../messages/procedure.ts';

/** What a gate is about, after "approved" or "declined". `of` stands behind the noun. */
export function gateText(state: RestoreState, gate: GateName, of = ''): string {
  switch (gate) {
    case 'stop':
      return `stopping the schedulers${of}`;
    case 'commit':
      return `the commit${of}`;
    case 'go-back':
      return `going back to ${beforeText(state, 'state', of)}`;
  }
}
