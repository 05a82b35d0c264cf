import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  code,
  decodeEntities,
  foreign,
  incidentText,
  mention,
  plain,
  quote,
  sentence,
} from '../../src/slack/escape.ts';
import { nastyWords, unseen } from '../support/nasty-words.ts';

/** Names as an attacker would choose them, and anything else. */
const hostile = fc.oneof(
  fc.constantFrom(
    '<!channel> now',
    '<@U0BO> approves',
    '<https://evil.example|https://ok.example>',
    '`break` out ```of code```',
    '\u202Egnissim eht fo tsoc\u202C',
    'a\u200Bb\u0000c\nnew line\n> quote',
    ':white_check_mark: *approved* _by_ ~nobody~',
    '\uD800 half a pair',
    '&lt;!here&gt;',
    '*'.repeat(5000),
  ),
  fc.constantFrom(...Object.values(nastyWords)),
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc.string({ unit: 'binary', maxLength: 400 }),
);

describe('foreign()', () => {
  it('leaves nothing that mentions, links, formats, or hides', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = foreign(text);

        expect(shown).not.toMatch(/[<>`*~]/);
        expect(shown).not.toMatch(unseen);
        expect(shown).not.toMatch(/:[a-z_+-]+:/);
        expect(shown).not.toMatch(/&(?!amp;|lt;|gt;)/);
        expect(shown.length).toBeGreaterThan(0);
        expect(shown.length).toBeLessThanOrEqual(1500);
      }),
    );
  });

  it('shows ordinary names as they are', () => {
    expect(foreign('www/prod/web_front-2')).toBe('www/prod/web_front-2');
    expect(foreign('a & b')).toBe('a &amp; b');
  });
});

describe('code() and sentence()', () => {
  it('keep foreign text inside its code span', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(code(text)).toMatch(/^`[^`<>]+`$/);
        expect(quote(text)).toMatch(/^"[^`<>*]+"$/);
      }),
    );
  });

  it('sentence() keeps our code spans and lets nothing else through', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = sentence(`Look at \`/aurora backups\`: ${text}`);

        expect(shown).toContain('`/aurora backups`');
        expect(shown).not.toMatch(/[<>]/);
        expect((shown.match(/`/g)?.length ?? 0) % 2).toBe(0);
      }),
    );
  });
});

describe('a stray backtick in what sentence() is given', () => {
  it.each([
    ['The host a`b is not `east`.', 'The host aˋb is not `east`.'],
    ['The host `b is not `east`.', 'The host ˋb is not `east`.'],
    ['There is no `a`b`, try `east`.', 'There is no ˋaˋbˋ, try `east`.'],
    ['`a``b` is `east`', 'ˋaˋˋbˋ is `east`'],
  ])('turns no span inside out: %s', (text, shown) => {
    expect(sentence(text)).toBe(shown);
  });

  it('of a span that was cut takes only that one', () => {
    expect(sentence('Look at `/aurora status` and `/aurora backups`', 36)).toBe(
      'Look at `/aurora status` and ˋ/auro…',
    );
  });
});

describe('incidentText()', () => {
  it('shows the very address it leads to', () => {
    expect(incidentText('https://tickets.example/INC-4411')).toBe('<https://tickets.example/INC-4411>');
  });

  it('cannot be given another label, and is not a link for anything but http', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), hostile), (text) => {
        expect(incidentText(`${text}|https://ok.example>`)).not.toMatch(/<[^>]*\|/);
      }),
    );
    expect(incidentText('javascript:alert(1)')).not.toContain('<');
    expect(incidentText('https://a.example/x|https://ok.example')).toBe(
      '<https://a.example/x%7Chttps://ok.example>',
    );
  });
});

describe('plain(), mention() and decodeEntities()', () => {
  it('plain() is one printable line of at most so many characters', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 80 }), (text, max) => {
        const line = plain(text, max);

        expect([...line].length).toBeLessThanOrEqual(max);
        expect(line).not.toMatch(unseen);
      }),
    );
  });

  it('mention() mentions only what is an id', () => {
    expect(mention('U0BO')).toBe('<@U0BO>');
    expect(mention('!channel', 'x')).toBe('x');
    expect(mention('U0BO> <!here', 'bo')).toBe('bo');
  });

  it('decodeEntities() undoes what Slack did, once', () => {
    expect(decodeEntities('&amp;lt; &lt;')).toBe('&lt; <');
  });
});
