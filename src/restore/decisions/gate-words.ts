import type { GateName } from '../record/words.ts';

/** What a gate is about, after "approved" or "declined". */
export const gateWords: Readonly<Record<GateName, string>> = {
  stop: 'the stop',
  commit: 'the commit',
  'go-back': 'going back',
};
