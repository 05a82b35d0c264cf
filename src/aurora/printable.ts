/**
 * What people typed, hosts said and files hold, on its way to a reader: nothing in it may begin a line, move a cursor, turn the
 * direction of what follows, or show nothing. The one list of such characters is here.
 */

/**
 * Controls (C0, C1), direction marks, zero-width and tag characters, halves of surrogate pairs, line separators; and what Unicode calls
 * default-ignorable, the Hangul fillers and variation selectors among them; the blank Braille pattern shows nothing either.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;
/** More marks on one letter than any language writes reach into the lines above and below. */
const piledMarks = /(\p{M}{4})\p{M}+/gu;

/** One line of visible characters, blanks of all kinds as single ones; empty when nothing in it can be seen. */
export function printable(text: string): string {
  return text
    .replace(/[\t\n\v\f\r\x85\p{Zs}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(invisible, '')
    .replace(piledMarks, '$1')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** The same text with all that could not be seen as `\uXXXX`, as JSON writes it: nothing is lost, and one line stays one. */
export function escaped(text: string): string {
  return text.replace(invisible, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/** A JSON string of it, with all that could not be seen escaped. */
export function quoted(text: string): string {
  return escaped(JSON.stringify(text));
}

/** Somebody's name or word inside a sentence of ours: printable, without the backticks that our sentences put around names. */
export function named(text: string, max = 80): string {
  const points = [...printable(text.slice(0, max * 8)).replaceAll('`', 'ˋ')];
  return points.length <= max ? points.join('') : `${points.slice(0, max - 1).join('')}…`;
}

/** For what is printed: the line breaks are ours, and everything else that could not be seen is escaped. */
export function escapedLines(text: string): string {
  return text.split('\n').map(escaped).join('\n');
}
