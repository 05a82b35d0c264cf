import { describe, expect, it } from 'vitest';
import { compare } from '../../../src/restore/steps/soak.ts';

const jobKey = { role: 'www', environment: 'prod', name: 'web' };
const running = (...ids: string[]) => ids.map((taskId) => ({ taskId, jobKey }));
const predicted = { killed: running('new'), rescheduled: running('gone') };
const before = running('old', 'new');

describe('compare()', () => {
  it('finds no difference when what was predicted has happened', () => {
    const seen = compare({ predicted, before, atLook: before, now: running('old', 'again') });

    expect(seen).toEqual({
      observed: { killed: 1, rescheduled: 1, kept: 1 },
      unmet: 0,
      differences: [],
    });
  });

  it('tells what had ended before any reconciliation from what was not predicted', () => {
    const { differences } = compare({ predicted, before, atLook: running('new'), now: running('again') });

    expect(differences).toEqual(['old had ended by the second look, before any reconciliation']);
  });

  it.each([
    ['a task that ended and should not have', running('again'), 'old ended, which was not predicted'],
    ['a task that still runs', running('old', 'new', 'again'), 'new still runs, predicted to be killed'],
    ['a replacement that did not start', running('old'), 'www/prod/web: 0 started again, 1 predicted'],
    ['one replacement too many', running('old', 'a', 'b'), 'www/prod/web: 2 started again, 1 predicted'],
  ])('names %s', (_what, now, sentence) => {
    expect(compare({ predicted, before, atLook: before, now }).differences).toEqual([sentence]);
  });
});
