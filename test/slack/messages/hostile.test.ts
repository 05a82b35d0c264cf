import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkBlocks, countBlockChars } from '../../../src/local-slack/block-kit-rules.ts';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import { nastyWords, unseen } from '../../support/nasty-words.ts';
import { renderStory, textsOf } from '../support/rendered.ts';
import { blast, commitDigest, proposal, ran, staged } from '../support/whole-story.ts';

const hostile = fc.oneof(
  fc.constantFrom(
    '<!channel>',
    '<@UEVIL>',
    '<https://evil|ok>',
    '`',
    '```',
    '*',
    '\u202E',
    '<!subteam^SEVIL>',
    '\n\n',
    ...Object.values(nastyWords),
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 3000 }),
);
/** All that our own words may put between angle brackets. */
const ours =
  /<(?:@(?:UANA|UBO|UCY)|!date\^\d+\^\{[^|>]+\|[^>]+|https:\/\/acme\.slack\.com\/[^|>]+\|What was decided and done is in the thread)>/g;

function storyWith(text: string): readonly RestoreEvent[] {
  const evil = {
    ...blast,
    jobs: Array.from({ length: 200 }, (_, n) => ({
      ...(blast.jobs[0] ?? evilJob),
      job: `${text}/${n}`,
      tier: text,
      owner: text,
    })),
  };
  return [
    { ...proposal, cluster: text, reason: text, incident: text, auroraVersion: text },
    ...staged.slice(1).map((event): RestoreEvent => {
      if (event.type === 'signed-off') return { ...event, comment: text };
      if (event.type !== 'step-completed' || event.step !== 'preview') return event;
      return { ...event, facts: { ...event.facts, blast: evil } };
    }),
    { type: 'pause-ordered', person: evilPerson(text), reason: text },
    { type: 'resume-ordered', person: evilPerson(text) },
    { type: 'edit-ordered', digest: commitDigest, person: evilPerson(text), taskIds: [text], reason: text },
    { type: 'taken-back', to: 'find-elected', code: 'x', message: text, signOffs: 'kept' },
    ...ran('find-elected', { host: text }),
    ...ran('stage-backup', { host: text }),
    ...ran('summarise-staged', { commitDigest, host: text, leftOut: 1 }),
    { type: 'gate-opened', gate: 'commit', digest: commitDigest, needed: 2, expiresAt: 9e12 },
    { type: 'foreign-hand', act: 'edited', host: text, message: text, hint: text },
    { type: 'abort-ordered', person: { id: 'T1:x', userId: text, name: text }, reason: text },
    { type: 'step-started', step: 'undo-stop-schedulers', attempt: 1 },
    { type: 'step-failed', step: 'undo-stop-schedulers', code: 'x', message: text, hint: text },
    { type: 'look-again-ordered', person: { id: 'T1:x', userId: 'UBO', name: text } },
    ...ran('undo-stop-schedulers', { killed: [text] }),
    { type: 'restore-ended', outcome: 'failed', message: text },
  ];
}

const evilPerson = (text: string) => ({ id: 'T1:x', userId: text, name: text });
const evilJob = { job: '', killed: 1, rescheduled: 1, kept: 1, tier: '', owner: '' };

describe('messages about hostile names', () => {
  it('mention, link and format nothing but what is ours, within the limits', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const rendered = renderStory(storyWith(text));

        for (const { name, message } of rendered) {
          const checked = checkBlocks(message.blocks);
          expect(checked.ok ? [] : checked.problems, name).toEqual([]);
          expect(checked.ok ? countBlockChars(checked.value) : 0, name).toBeLessThan(10_000);
          for (const shown of textsOf(message)) {
            expect(shown.replace(ours, ''), name).not.toMatch(/[<>]/);
            expect((shown.match(/`/g)?.length ?? 0) % 2, name).toBe(0);
            expect(shown.replaceAll('\n', ''), name).not.toMatch(unseen);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('cut long lists with "and n more"', () => {
    const rendered = renderStory(storyWith('x'));

    const cost = rendered.find(({ name }) => name.includes(' step-completed') && !name.startsWith('card'));
    expect(cost?.message.text).toMatch(/…and 185 more/);
  });
});
