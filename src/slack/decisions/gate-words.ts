import type { GateName } from '../../restore/record/events.ts';

/** What a gate is about, after "approved" or "declined". */
export const gateWords: Readonly<Record<GateName, string>> = {
  stop: 'stopping the schedulers',
  commit: 'the commit',
  'go-back': 'going back to the old state',
};
