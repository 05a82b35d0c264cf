/** Work that a restore left behind, and that somebody says is done. */
import { z } from 'zod';
import { actor, event } from './words.ts';

/** Stored names. */
export const workName = z.enum([
  'left-as-it-is',
  'not-as-predicted',
  'not-as-before',
  'restart-schedulers',
  'set-aside-logs',
]);
export type WorkName = z.infer<typeof workName>;

export const leftWorkDone = event('left-work-done', { work: workName, person: actor });
export type LeftWorkDone = z.infer<typeof leftWorkDone>;

/** `at` is the instant in the record. */
export type WorkDone = Pick<LeftWorkDone, 'work' | 'person'> & { readonly at: number };

/** What somebody has done, after their name. */
export const workWords: Readonly<Record<WorkName, string>> = {
  'left-as-it-is': 'put it right by hand',
  'not-as-predicted': 'asked about what was not as predicted',
  'not-as-before': 'looked after what is not as before',
  'restart-schedulers': 'restarted the schedulers',
  'set-aside-logs': 'removed what was set aside',
};
