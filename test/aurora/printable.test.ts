import { describe, expect, it } from 'vitest';
import { escaped, escapedLines, named, printable, quoted } from '../../src/aurora/printable.ts';
import { nastyWords, unseen } from '../support/nasty-words.ts';

describe.each(Object.entries(nastyWords))('%s', (_trick, text) => {
  it('is one line of what can be seen', () => {
    for (const shown of [printable(text), named(text), escaped(text), quoted(text)])
      expect(shown).not.toMatch(unseen);
    expect(named(text)).not.toContain('`');
    expect(printable(text)).not.toMatch(/\p{M}{5}/u);
  });

  it('is kept whole between quotes', () => {
    expect(JSON.parse(quoted(text))).toBe(text);
  });
});

it('a name in which nothing can be seen is empty', () => {
  for (const name of ['a name of Hangul fillers', 'a name of blanks', 'a name of variation selectors'])
    expect(printable(nastyWords[name] ?? '')).toBe('');
});

it.each(['José Ångström', '山田 太郎', 'นภา', 'محمد', 'Zoë – ops', '조 은', 'web/prod/front-2'])(
  '%s stays as it is',
  (name) => {
    expect([printable(name), named(name), escaped(name)]).toEqual([name, name, name]);
  },
);

it('named() is cut by characters', () => {
  expect(named('😀'.repeat(5), 3)).toBe('😀😀…');
});

it('escapedLines() keeps our own line breaks alone', () => {
  expect(escapedLines('{"a":"\u009b2J"}\n\u202ex\n')).toBe('{"a":"\\u009b2J"}\n\\u202ex\n');
});
