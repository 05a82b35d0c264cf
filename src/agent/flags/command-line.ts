/** Flags as a running scheduler was given them, on its own command line. */
import { flagKinds } from '../../aurora/flag-kinds.ts';
import type { FlagValues } from './flag-grammar.ts';

/** Behind it Java's own options have ended. */
export const mainClass = /^org\.apache\.aurora\.scheduler\.app\.SchedulerMain$/;

/** `-name=value`, `-name value` and switches, wherever they stand; Java's own options may be among them. The last one wins. */
export function givenFlags(argv: readonly string[]): FlagValues {
  const words = argv.slice(argv.findIndex((word) => mainClass.test(word)) + 1);
  return Object.fromEntries(
    words.flatMap((word, index) => {
      const [, name, value] = /^-([A-Za-z][A-Za-z0-9_]*)(?:=(.*))?$/s.exec(word) ?? [];
      if (name === undefined) return [];
      const next = words[index + 1];
      return [[name, value ?? (next === undefined || next.startsWith('-') ? 'true' : next)] as const];
    }),
  );
}

/**
 * The scheduler's flags alone: all that follow its class, and elsewhere those that some release has. `null` when there is
 * none, as on the command line of a wrapper.
 */
export function schedulerFlags(argv: readonly string[]): FlagValues | null {
  const all = Object.entries(givenFlags(argv));
  const own = argv.some((word) => mainClass.test(word)) ? all : all.filter(([name]) => flagKinds.has(name));
  return own.length === 0 ? null : Object.fromEntries(own);
}

/** The words of `sun.java.command`, which joins them with blanks: a value may hold some, a flag begins with a dash. */
export function wordsOfJavaCommand(command: string): readonly string[] {
  return command.split(/ (?=-)/).flatMap((piece) => {
    const [, name, value] = /^(-[A-Za-z][A-Za-z0-9_]*) (.*)$/s.exec(piece) ?? [];
    return name === undefined || value === undefined ? [piece] : [name, value];
  });
}
