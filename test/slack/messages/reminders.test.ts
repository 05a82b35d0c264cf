/** What a reminder says: who can act, until when, and what happens if nobody does. */
import { describe, expect, it } from 'vitest';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import type { QuestionName } from '../../../src/restore/record/words.ts';
import { messagesOf } from '../../../src/slack/messages/replies.ts';
import { affectedJobsText, pagesText } from '../../../src/slack/messages/to-look-at.ts';
import {
  bo,
  cy,
  minute,
  recordsOf,
  signed,
  startedAt,
  stateOf,
  untilCommitGate,
  untilLook,
  untilSigned,
  untilStopGate,
} from '../../restore/support/story.ts';

const until = startedAt + 30 * minute;
const goBack: RestoreEvent = {
  type: 'gate-opened',
  gate: 'go-back',
  digest: 'g1',
  needed: 2,
  expiresAt: until,
};

/** The words of the message that this event makes after the story, as it stands once `later` has happened too. */
function saidBy(
  story: readonly RestoreEvent[],
  event: RestoreEvent,
  {
    at = startedAt,
    later = [],
    link = null,
  }: { at?: number; later?: readonly RestoreEvent[]; link?: string | null } = {},
) {
  const record = recordsOf([...story, event]).at(-1);
  if (record === undefined) throw new Error('there is a record');
  const state = stateOf([...story, event]);
  const [said] = messagesOf({ record: { ...record, at }, state, next: null, decisions: [] });
  if (said?.kind !== 'message') throw new Error('it says something');
  const { blocks } = said.render(stateOf([...story, event, ...later]), link);
  return { said, words: JSON.stringify(blocks).replaceAll(/<!date\^[^|]*\|[^>]*>/g, 'T'), blocks };
}

const reminder = (about: QuestionName, end?: number): RestoreEvent => ({
  type: 'reminded',
  about,
  planned: until - 2 * minute,
  ...(end !== undefined && { until: end }),
});

describe('a reminder', () => {
  it.each([
    [
      'stop',
      untilStopGate(),
      ['to approve the stop', '<@UBO>', 'this restore ends. No host has been touched'],
    ],
    ['commit', untilCommitGate(), ['to sign off the commit', '<@UCY>', 'sign-off starts again from zero']],
    ['commit-order', untilSigned(), ['to commit', '<@UBO> or <@UCY>', 'Nothing has been committed']],
    ['go-back', [...untilLook(), goBack], ['to decide on going back', '<@UANA>', 'nothing goes back']],
    ['look', untilLook(), ['before it reconciles by itself', '<@UBO> or <@UCY> can let', 'cannot be undone']],
  ] as const)('of %s says who acts, until when, and what comes otherwise', (about, story, parts) => {
    const { words } = saidBy(story, reminder(about, until), { at: until - 2 * minute });

    expect(words).toContain('*2 min left ');
    expect(words).toContain('until T.*');
    for (const part of parts) expect(words).toContain(part);
  });

  it('that came late says what is really left', () => {
    const { words } = saidBy(untilStopGate(), reminder('stop', until), { at: until - 45_000 });

    expect(words).toContain('*45 s left to approve the stop');
  });

  it('at a second look without an end says that nothing goes on by itself', () => {
    const story = untilLook({ policy: { release: 'people' } });
    const { words } = saidBy(story, reminder('look'));

    expect(words).toContain('still waits for a decision');
    expect(words).toContain('It does not continue by itself');
  });

  it('that was answered asks nobody any more', () => {
    const answered = saidBy(untilStopGate(), reminder('stop', until), {
      later: [signed('stop', bo, 'd1'), { type: 'gate-passed', gate: 'stop', digest: 'd1', signers: [bo] }],
    });
    const open = saidBy(untilStopGate(), reminder('stop', until));

    expect(answered.words).toContain('Answered since, or over');
    expect(open.words).not.toContain('Answered since');
  });

  it('has no buttons: the card has them', () => {
    expect(saidBy(untilStopGate(), reminder('stop', until)).words).not.toContain('actions');
  });
});

describe('a call for others', () => {
  const call = (about: QuestionName): RestoreEvent => ({ type: 'escalated', about, since: startedAt });
  const policy = { escalation: { afterMs: 15 * minute, group: 'SLEADS' } };

  it('mentions the group in the thread, and says what is needed', () => {
    const { said, words } = saidBy(untilCommitGate({ policy }), call('commit'), {
      at: startedAt + 15 * minute,
    });

    expect(said).toMatchObject({ place: 'thread', live: true, linked: false });
    expect(words).toContain('<!subteam^SLEADS>: the restore of `east` has waited for people for 15 min.');
    expect(words).toContain('two different approvers to sign off the commit, until T');
  });

  it('goes to another channel with the way to the thread', () => {
    const elsewhere = { escalation: { afterMs: 15 * minute, channel: 'CLEADS' } };
    const story = untilLook({ policy: { ...elsewhere, release: 'people' } });
    const { said, words } = saidBy(story, call('look'), {
      at: startedAt + 15 * minute,
      link: 'https://x.slack.com/1',
    });

    expect(said).toMatchObject({ place: 'channel', linked: true, live: true, elsewhere: 'CLEADS' });
    expect(words).toContain('<https://x.slack.com/1|Open its thread>');
    expect(words).not.toContain('subteam');
  });

  it.each([
    [
      'paused',
      [{ type: 'pause-ordered', person: cy, reason: 'lunch' }],
      'paused it: \\"lunch\\". An approver can resume it.',
    ],
    [
      'stuck',
      [
        { type: 'step-started', step: 'stop-schedulers', attempt: 1 },
        { type: 'step-failed', step: 'stop-schedulers', code: 'x', message: 'It is stuck.', hint: 'Look.' },
      ],
      'It is stuck. Look.',
    ],
  ] as const)('says what a restore that is %s needs', (about, more, words) => {
    const story =
      about === 'paused'
        ? untilCommitGate({ policy })
        : [
            ...untilStopGate({ policy }),
            signed('stop', bo, 'd1'),
            { type: 'gate-passed' as const, gate: 'stop' as const, digest: 'd1', signers: [bo] },
          ];

    expect(saidBy([...story, ...more], call(about)).words).toContain(words);
  });
});

describe('what people need to look', () => {
  const look = (
    changes: { owners?: Record<string, string>; pages?: RestoreState['proposal']['pages'] } = {},
  ): RestoreState => {
    const state = stateOf(untilLook());
    const { owners, pages } = changes;
    const job = (name: string, killed: number, rescheduled: number) => ({
      job: name,
      killed,
      rescheduled,
      kept: 1,
      tier: '',
      owner: '',
    });
    const summary = state.facts['summarise-staged'];
    if (summary === undefined) throw new Error('it was staged');
    const jobs = [
      job('ads/prod/bidder', 2, 0),
      job('www/prod/web', 1, 3),
      job('ads/prod/rank', 0, 1),
      job('calm/prod/one', 0, 0),
    ];
    return {
      ...state,
      facts: { ...state.facts, 'summarise-staged': { ...summary, blast: { ...summary.blast, jobs } } },
      proposal: {
        ...state.proposal,
        policy: { ...state.proposal.policy, ...(owners !== undefined && { owners }) },
        ...(pages !== undefined && { pages }),
      },
    };
  };

  it('is a line for each owner, who is mentioned where the policy knows them', () => {
    expect(affectedJobsText(look({ owners: { ads: 'SADS', www: 'UBO' } }))).toBe(
      [
        '*Jobs that change:*',
        '• <!subteam^SADS>: `ads/prod/bidder` 2 killed, `ads/prod/rank` 1 started again',
        '• <@UBO>: `www/prod/web` 1 killed and 3 started again',
      ].join('\n'),
    );
    expect(affectedJobsText(look())).toContain('• ads: `ads/prod/bidder`');
  });

  it('a role named like a thing of JavaScript owns nothing', () => {
    const state = look({ owners: {} });

    expect(affectedJobsText(state)).not.toContain('function');
    expect(affectedJobsText({ ...state, facts: {} })).toBe('');
  });

  it('has the addresses, and says that the page of the scheduler is still shut', () => {
    const pages = { scheduler: 'https://aurora.example.org/scheduler', mesos: 'https://mesos.example.org' };

    expect(pagesText(look({ pages }))).toBe(
      "See the tasks in Mesos: <https://mesos.example.org/>. The scheduler's own page (<https://aurora.example.org/scheduler>) stays shut until it reconciles: outside traffic is still blocked.",
    );
    expect(pagesText(look())).toContain("The scheduler's own page stays shut");
  });
});
