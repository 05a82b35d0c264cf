import { describe, expect, it } from 'vitest';
import { decisions } from '../../../src/restore/decisions/index.ts';
import type { GateName, RestoreEvent } from '../../../src/restore/record/events.ts';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import { dialogues } from '../../../src/slack/decisions/index.ts';
import { returnForm } from '../../../src/slack/decisions/return-to-old.ts';
import { renderEnd } from '../../../src/slack/messages/outcome.ts';
import { ana, bo, cy } from '../../restore/support/story.ts';
import { textsOf } from '../support/rendered.ts';
import { turnStories } from '../support/turn-stories.ts';
import { looking, planned, recordsOf, signed, staged, statesOf, stories } from '../support/whole-story.ts';

const lastOf = (events: readonly RestoreEvent[]): RestoreState => {
  const state = statesOf(recordsOf(events)).at(-1);
  if (state === undefined) throw new Error('a story has events');
  return state;
};
const words = (
  state: RestoreState,
  name: keyof typeof dialogues,
  { gate = 'commit', userId = cy.userId }: { gate?: GateName; userId?: string } = {},
) =>
  textsOf({
    text: '',
    blocks: dialogues[name].form.show({ state, gate, metadata: '', userId, now: 0, staged: [] }).blocks,
  }).join('\n');

describe('the form of a decision', () => {
  it.each(Object.keys(decisions) as (keyof typeof dialogues)[])(
    '%s shows backup, numbers and what can be undone',
    (name) => {
      const shown = words(lastOf(staged), name);

      expect(shown).toMatch(
        /\*Restores\* the backup of <!date\^[^>]+>, 14 min old when proposed, from aurora-2\./,
      );
      expect(shown).toContain('*Tasks:* 3 killed, 4 started again, 5 kept.');
      expect(shown).toMatch(
        /\*Can be undone:\* Until the commit, \*Stop\* puts everything back\..*\*cannot be undone\*/,
      );
    },
  );

  it('names the jobs that are left out, whatever it decides', () => {
    const [leftOut = []] = Object.values(turnStories);
    const state = statesOf(recordsOf(leftOut)).findLast(
      ({ edits, ended }) => edits.length > 0 && ended === null,
    );
    if (state === undefined) throw new Error('the story leaves tasks out');

    for (const name of ['sign-off', 'commit', 'decline', 'abort', 'pause'] as const)
      expect(words(state, name)).toContain('*Left out: 2 tasks of `www/devel/scratch`.*');
    const returning = textsOf({ text: '', blocks: returnForm(state, '').blocks }).join('\n');
    expect(returning).toContain('`www/devel/scratch`');
  });

  it('of the commit names the jobs that die, hardest hit first', () => {
    const shown = words(lastOf(staged), 'commit');

    expect(shown).toMatch(/\*Killed \(3\):\*.*\n`new\/prod\/late` 2 of 2[^\n]*\n`www\/prod\/web` 1 of 4/);
  });

  it('of the first gate says how the cluster was, and what a restore would do all the same', () => {
    const shown = words(lastOf(planned), 'sign-off', { gate: 'stop' });

    expect(shown).toMatch(
      /\*`east` at <!date[^>]+>:\* aurora-1 leads, registered, 3 of 3 log replicas: it looks healthy\. A restore would still kill 3 tasks\./,
    );
  });

  it('says nothing of how the cluster was once hosts are touched', () => {
    expect(words(lastOf(staged), 'sign-off')).not.toContain('looks healthy');
  });

  it('of going back counts the signatures that its gate will need', () => {
    expect(words(lastOf(looking), 'go-back', { gate: 'go-back' })).toContain(
      'Nobody has signed yet. After yours, 1 more is needed.',
    );
  });

  it('says what can be undone after the commit', () => {
    const shown = words(lastOf(looking), 'let-reconcile');

    expect(shown).toContain(
      '*Cannot be undone:* the first reconciliation. Until then you can go back to the old logs.',
    );
  });

  it('says what a signature adds before it is given', () => {
    expect(words(lastOf(staged), 'sign-off')).toContain(
      'Nobody has signed yet. After yours, 1 more is needed.',
    );
    expect(words(lastOf([...staged, signed('commit', bo)]), 'sign-off')).toContain(
      'Signed so far: bo. Yours is the last one needed.',
    );
    expect(words(lastOf([...staged, signed('commit', bo), signed('commit', cy)]), 'sign-off')).toContain(
      'another sign-off would add nothing',
    );
  });

  it('tells those who made together what is signed that they count as one', () => {
    const [leftOut = []] = Object.values(turnStories);
    const state = statesOf(recordsOf(leftOut)).findLast(
      ({ edits, gates }) =>
        edits.length > 0 && gates.commit?.status === 'open' && gates.commit.signOffs.length === 0,
    );
    if (state === undefined) throw new Error('the story leaves tasks out');
    const together = '*ana requested this and bo left tasks out: together they count as one signer.*';

    expect(words(state, 'sign-off', { userId: ana.userId })).toContain(together);
    expect(words(state, 'sign-off', { userId: bo.userId })).toContain(together);
    expect(words(state, 'sign-off', { userId: cy.userId })).not.toContain('together');
  });
});

describe('the end of a restore that was undone', () => {
  const ended = (leader: string | null) => {
    const state = statesOf(recordsOf(stories['aborted'] ?? [])).at(-1);
    const checked = state?.facts['check-hosts'];
    if (state === undefined || checked === undefined) throw new Error('the story has checked the hosts');
    const ill = {
      kind: 'nobody-runs',
      says: 'No scheduler runs on aurora-1.',
      cure: 'Start the schedulers first.',
    } as const;
    const facts = {
      ...state.facts,
      'check-hosts': { ...checked, leader, ...(leader === null && { diagnosis: ill }) },
      // Who led after a commit is no news once everything was put back.
      'confirm-leader': { host: 'aurora-3', frameworkId: 'fw-1', tasks: 4 },
      'undo-confirm-leader': { host: leader, tasks: null },
      report: { setAside: [], notAsBefore: [], leader },
    };
    const undone = { ...state, facts };
    return renderEnd({ at: undone, latest: undone }, null).text;
  };

  it('says that nobody led before either, and what to try', () => {
    expect(ended(null)).toMatch(
      /is as it was before the restore\* [^\n]*: nobody led then, and nobody leads now\./,
    );
    expect(ended(null)).toContain(
      '*Before this restore:* No scheduler runs on aurora-1. Start the schedulers first.',
    );
  });

  it('says who leads of a cluster that was healthy, and nothing more', () => {
    expect(ended('aurora-1')).toContain(': aurora-1 leads.');
    expect(ended('aurora-1')).not.toContain('Before this restore');
  });
});
