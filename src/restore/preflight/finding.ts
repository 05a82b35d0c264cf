/** What a check answers. Sentences name no host: the finding does, and equal ones are told together. */
import type { Reading } from './reading.ts';

export interface Finding {
  readonly verdict: 'pass' | 'warn' | 'refuse';
  readonly host?: string;
  readonly message: string;
  readonly hint: string;
  /** The error's code when this is the first refusal; the check's own otherwise. */
  readonly code?: string;
}

export interface Check {
  /** In words, as people read it. */
  readonly name: string;
  /** Code of a refusal. */
  readonly code: string;
  /** Only what must be known: everything in order is an empty list. */
  find(reading: Reading): readonly Finding[];
  /** Said when nothing was found. */
  passes(reading: Reading): string;
}

interface About {
  readonly host?: string;
  readonly code?: string;
}

/** Something a person must know before they approve; it does not stop the restore. */
export function warn(message: string, hint: string, about: About = {}): Finding {
  return { verdict: 'warn', message, hint, ...about };
}

/** Something with which no restore begins. */
export function refuse(message: string, hint: string, about: About = {}): Finding {
  return { verdict: 'refuse', message, hint, ...about };
}
