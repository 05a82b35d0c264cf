/** How one style of packaging writes the scheduler's flags into a file. Pure: text in, text out. */
import { AuroraError } from '../../aurora/errors.ts';

export type FlagValues = Readonly<Record<string, string>>;
export type FlagChanges = Readonly<Record<string, string | null>>;

export interface FlagGrammar {
  /** Flags by name; AuroraError `flags-not-understood` for a doubled flag or anything that could mean more than it says. */
  parse(text: string): FlagValues;
  /**
   * The text with each flag set to its value where it stands, or without it; a new flag gets a place of its own. AuroraError
   * `flags-not-understood`, or `flag-not-changeable` for what this style cannot say.
   */
  replace(text: string, changes: FlagChanges): string;
}

/**
 * `replace` and the proof of it: read again, the file says what was asked, and of every other flag what it said before. A
 * value that others are made of (`MESOS_MASTER=zk://${ZK_ENDPOINTS}/mesos`) is thus never changed behind their backs.
 */
export function replaceProven(grammar: FlagGrammar, text: string, changes: FlagChanges): string {
  const before = grammar.parse(text);
  const wanted = grammar.replace(text, changes);
  const after = grammar.parse(wanted);
  for (const name of new Set([...Object.keys(before), ...Object.keys(after), ...Object.keys(changes)])) {
    const change = changes[name];
    const expected = change === undefined ? before[name] : (change ?? undefined);
    if (after[name] === expected) continue;
    throw notChangeable(
      change === undefined
        ? `-${name} is made of a value that would change with the others, so nothing was changed.`
        : `-${name} would read ${after[name] ?? 'nothing'} instead of ${change ?? 'nothing'}, so nothing was changed.`,
    );
  }
  return wanted;
}

/** The file holds what this style does not know. */
export function notUnderstood(message: string): AuroraError {
  return new AuroraError({
    code: 'flags-not-understood',
    message,
    hint: 'Correct the file by hand, or choose the driver of flags that fits it; nothing was changed.',
  });
}

/** The file is understood, and the change cannot be written in it. */
export function notChangeable(message: string): AuroraError {
  return new AuroraError({
    code: 'flag-not-changeable',
    message,
    hint: 'Set the flag by hand in a way that this file can express, or choose another value; nothing was changed.',
  });
}

/** The number of the line at an offset, as people count them. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
