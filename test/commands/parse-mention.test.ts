/** What people say to the bot among themselves: no sentence stops anything, and few are one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMention } from '../../commands/parse-mention.ts';

describe('parseMention()', () => {
  it.each([
    ['<@U0BOT> Status', 'status'],
    ['<@U0BOT> leader?', 'leader'],
    ['who <@U0BOT>', 'who'],
    ['<@U0BOT>', 'help'],
  ])('answers %s', (text, name) => {
    expect(parseMention(text)).toEqual({ kind: 'question', name });
  });

  it('keeps the reason of an abort as it was written', () => {
    expect(parseMention('<@U0BOT> abort  Wrong backup, see INC-1')).toMatchObject({
      kind: 'wish',
      wish: { verb: 'stop' },
      reason: 'Wrong backup, see INC-1',
    });
    expect(parseMention('<@U0BOT> stop: wrong backup')).toMatchObject({ reason: 'wrong backup' });
    expect(parseMention('<@U0BOT> abort it is <!channel> wrong')).toMatchObject({
      reason: 'it is <!channel> wrong',
    });
    expect(parseMention(`<@U0BOT> abort ${'ж'.repeat(900)}`)).toMatchObject({ reason: 'ж'.repeat(300) });
  });

  it.each([
    'abort if ads complains',
    "don't abort",
    'don’t abort',
    'do not abort',
    'should we abort?',
    'abort?',
    '"abort" is what Cy said',
    '`abort`',
    '> abort',
    'pause or abort',
    'abort pause',
    'please abort',
    'abort, then commit',
    'abort when ads says so',
    'never abort',
  ])('takes %s for no order', (text) => {
    expect(parseMention(`<@U0BOT> ${text}`)).toEqual({ kind: 'unclear', names: 'stop' });
  });

  it.each(['hey', 'status please and thanks', 'thank you'])('takes %s for nothing at all', (text) => {
    expect(parseMention(`<@U0BOT> ${text}`)).toEqual({ kind: 'unclear', names: 'nothing' });
  });

  it('says which commands are typed', () => {
    expect(parseMention('<@U0BOT> backups')).toEqual({ kind: 'command', name: 'backups' });
  });

  it('never throws, whatever is said', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(['question', 'command', 'wish', 'unclear']).toContain(parseMention(text).kind);
      }),
    );
  });
});
