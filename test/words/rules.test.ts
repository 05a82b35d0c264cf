import { describe, expect, it } from 'vitest';
import { faultsOf, wordsMax } from './rules.ts';

const broken: readonly (readonly [string, string])[] = [
  ['Waited 60 s for the leader, in vain.', '"in vain"'],
  ['Add it to the list, if it shall be allowed.', '"shall"'],
  ['The restore goes on.', '"goes on"'],
  ['It does not go on by itself.', '"go on by itself"'],
  ['It stands in the record.', '"stands in"'],
  ['Sign-offs given so far count no more.', '"count no more"'],
  ['The host does not answer any more.', '"any more"'],
  ['Sign it anew.', '"anew"'],
  ['What is staged is compared once more.', '"once more"'],
  ['The restore was begun at noon.', '"begun"'],
  ['That is no duration.', '"is no"'],
  ['How old it is, nobody knows.', '"nobody knows"'],
  ['It says of itself that it leads.', '"of itself that"'],
  ['Give us 30 minutes more.', '"minutes more"'],
  ['It sent something else than a list.', '"something else than"'],
  ['The log lies aside.', '"lies aside"'],
  ['There are 4 bytes behind its end.', '"behind its end"'],
  ['This machine has not got nft.', '"has not got"'],
  ['The backup has no time in it.', '"no time in it"'],
  ['Please try again.', '"Please"'],
  ['The restore is done!', 'no exclamation marks'],
  ['Everything is rolled back.', 'put back'],
  ['An approver can abort the restore.', 'stop'],
  ['The vote on going back closes at noon.', 'sign-off'],
  ['The errand was approved.', 'request'],
  ['Mend its owner.', 'fix'],
  ['A rehearsal on this machine.', 'drill'],
  ['An approver let the held backup go.', 'release'],
  ['Ask an operator, or the reviewer.', 'approver'],
  ['Renew the bot first.', 'upgrade'],
  ['The payload was refused.', 'a word of the code'],
  ['It did not end within {timeoutMs} ms.', 'timeText'],
  ['Nobody has not signed.', 'two negations'],
  ['Nothing is committed without sign-offs.', 'two negations'],
  [`It ${'is and '.repeat(wordsMax / 2)}was.`, 'a sentence of'],
];

const plain = [
  'Nothing was committed. Go back, or look again.',
  'No restore is in progress. There is no restore called R7.',
  '`east` is no longer configured.',
  'It is no more than a warning.',
  'Two things stand in the way of this restore.',
  'No host was touched, and nothing is lost.',
  'After the commit *Stop* no longer works; this cannot be undone.',
  'Type `/aurora abort` once it shows `shall anew`.',
  "Renew the bot's certificate.",
  '{Math.round(ms)} ms',
];

describe('the rules of texts for people', () => {
  it.each(broken)('refuse: %s', (words, says) => {
    expect(faultsOf(words)).toEqual([expect.stringContaining(says)]);
  });

  it.each(plain)('allow: %s', (words) => {
    expect(faultsOf(words)).toEqual([]);
  });

  it('name every fault of a text', () => {
    expect(faultsOf('Please mend it, in vain!')).toHaveLength(4);
  });
});
