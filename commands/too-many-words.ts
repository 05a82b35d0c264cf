import { AuroraError } from '../src/aurora/errors.ts';
import { named as namedText } from '../src/aurora/printable.ts';

/** For a command that names more than it is about; the hint is one that would work. */
export function tooManyWords(typed: {
  name: string;
  flags: ReadonlySet<string>;
  named: readonly string[];
}): AuroraError {
  const { named } = typed;
  const who = typed.flags.has('who');
  const command = `/aurora ${typed.name}${who ? ' who' : ''}`;
  const words = named.map((word) => namedText(word, 40));
  const joined = named.join('');
  // `R 12` is a restore's name with a space in it.
  const first = who && /^r\d{1,9}$/i.test(joined) ? joined.toUpperCase() : (words[0] ?? '');
  const listed = words.slice(0, 4).map((word) => `\`${word}\``);
  return new AuroraError({
    code: 'too-many-words',
    message: `\`${command}\` is about one ${who ? 'restore' : 'cluster'}, and this names ${named.length}: ${listed.join(', ')}.`,
    hint: `Name one, such as \`${command} ${first}\`; options are in \`/aurora help\`.`,
  });
}
