/** People stop it, pause it, or help it on; reminders; and what happens when it is stuck. */
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import { ana, bo, cy } from '../../restore/support/story.ts';
import { pausedAtGate } from '../../slack/support/turn-stories.ts';
import {
  looking,
  opened,
  passed,
  planned,
  signed,
  staged,
  stories,
} from '../../slack/support/whole-story.ts';
import type { Group } from '../example.ts';
import { card, formOf, inChannel, reply, said, upTo } from '../moments.ts';
import { playForeignHand } from '../played.ts';

const minute = 60_000;
const startedAt = Date.UTC(2026, 10, 23, 14, 16);
const stuck = upTo(stories['stuck'] ?? [], 'step-failed');
const aborted = stories['aborted'] ?? [];
/** Nothing can be put back any more. */
const stuckForGood: readonly RestoreEvent[] = [
  ...upTo(stories['completed'] ?? [], 'release-ordered'),
  { type: 'step-started', step: 'unblock-traffic', attempt: 1 },
  {
    type: 'step-failed',
    step: 'unblock-traffic',
    code: 'agent-unreachable',
    message: 'The agent on aurora-3 does not answer.',
    hint: 'Start it, then look again.',
  },
];
const reminded = (
  about: 'stop' | 'commit' | 'commit-order' | 'look' | 'go-back',
  until: number,
): RestoreEvent => ({
  type: 'reminded',
  about,
  planned: until - 2 * minute,
  until,
});
const escalating = (events: readonly RestoreEvent[], channel = false): readonly RestoreEvent[] =>
  events.map((event) =>
    event.type === 'restore-proposed'
      ? {
          ...event,
          policy: {
            ...event.policy,
            escalation: {
              afterMs: 15 * minute,
              ...(channel ? { channel: 'C0LEADS' } : { group: 'S0LEADS' }),
            },
          },
        }
      : event,
  );

export async function stoppingExamples(): Promise<Group> {
  const foreignHand: readonly RestoreEvent[] = [...staged, signed('commit', bo), await playForeignHand()];
  const call: RestoreEvent = { type: 'escalated', about: 'commit', since: startedAt };
  return {
    title: 'Stopping, pausing, waiting for people',
    examples: [
      formOf(
        {
          id: 'stop-form-untouched',
          title: 'Stop it before a host was touched',
          seen: 'After *Stop this restore…*',
        },
        'abort',
        planned,
      ),
      formOf(
        {
          id: 'stop-form',
          title: 'Stop it and put everything back',
          seen: 'After *Stop here and put everything back…*',
          main: true,
        },
        'abort',
        staged,
      ),
      reply(
        { id: 'stopped', title: 'Somebody stopped it', seen: 'In the thread.' },
        said(upTo(aborted, 'abort-ordered')),
      ),
      card(
        { id: 'card-undo', title: 'The card while everything is put back', seen: 'In the channel.' },
        upTo(aborted, 'step-started', (event) => 'step' in event && event.step === 'undo-put-back-log'),
        { progress: "aurora-2's agent: 12 s of 2 min", progressAt: Date.UTC(2026, 10, 23, 14, 33, 4) },
      ),
      reply(
        { id: 'undone', title: 'Everything is back', seen: 'In the thread.' },
        said(
          upTo(aborted, 'step-completed', (event) => 'step' in event && event.step === 'undo-confirm-leader'),
        ),
      ),
      formOf({ id: 'pause-form', title: 'Pause', seen: 'After *Pause…*' }, 'pause', staged),
      reply({ id: 'paused', title: 'Somebody paused it', seen: 'In the thread.' }, said(pausedAtGate)),
      card(
        { id: 'card-paused', title: 'The card while it is paused', seen: 'In the channel.' },
        pausedAtGate,
      ),
      formOf({ id: 'resume-form', title: 'Resume', seen: 'After *Resume…*' }, 'resume', pausedAtGate),
      reply(
        { id: 'resumed', title: 'Somebody resumed it', seen: 'In the thread.' },
        said([...pausedAtGate, { type: 'resume-ordered', person: bo }]),
      ),
      ...(
        [
          ['stop', planned, 30, 'to approve the stop'],
          ['commit', staged, 38, 'to sign off'],
          ['commit-order', [...staged, signed('commit', bo), signed('commit', cy)], 38, 'to commit'],
          ['look', looking, 49, 'at the second look'],
          ['go-back', [...looking, opened('go-back', 2, 60)], 60, 'to decide on going back'],
        ] as const
      ).map(([about, events, minutes, words]) =>
        reply(
          {
            id: `reminder-${about}`,
            title: `Little time left ${words}`,
            seen: 'In the thread, ten and two minutes before it is over.',
          },
          said([...events, reminded(about, startedAt + minutes * minute)]),
        ),
      ),
      reply(
        {
          id: 'reminder-answered',
          title: 'A reminder, answered',
          seen: 'In the thread, once somebody has acted.',
        },
        said([...planned, reminded('stop', startedAt + 30 * minute)], {
          later: [signed('stop', bo), passed('stop', bo)],
        }),
      ),
      reply(
        { id: 'escalated', title: 'Others are called', seen: 'In the thread, after the time of the policy.' },
        said([...escalating(staged), call]),
      ),
      inChannel(
        {
          id: 'escalated-elsewhere',
          title: 'Others are called in another channel',
          seen: 'In the channel that the policy names.',
        },
        said([...escalating(staged, true), call]),
      ),
      inChannel(
        {
          id: 'stuck',
          title: 'It needs a person',
          seen: 'In the channel, when a step cannot go on by itself.',
          main: true,
        },
        said(stuck),
      ),
      card({ id: 'card-stuck', title: 'The card while it is stuck', seen: 'In the channel.' }, stuck),
      inChannel(
        { id: 'stuck-settled', title: 'The same, settled', seen: 'In the channel, once it went on.' },
        said(stuck, { later: [{ type: 'look-again-ordered', person: bo }] }),
      ),
      formOf(
        {
          id: 'look-again-form',
          title: 'I have done this: look again',
          seen: 'After *I have done this: look again…*',
        },
        'look-again',
        stuck,
      ),
      reply(
        { id: 'look-again', title: 'Somebody made it look again', seen: 'In the thread.' },
        said([...stuck, { type: 'look-again-ordered', person: bo }]),
      ),
      inChannel(
        {
          id: 'foreign-hand',
          title: 'Somebody else is at work',
          seen: 'In the channel, when what is staged was changed by another hand.',
        },
        said(foreignHand),
      ),
      card({ id: 'card-foreign-hand', title: 'The card then', seen: 'In the channel.' }, foreignHand),
      card(
        {
          id: 'card-stuck-for-good',
          title: 'The card when nothing can be put back',
          seen: 'In the channel, when a host is gone after the reconciliation.',
        },
        stuckForGood,
      ),
      formOf(
        { id: 'abandon-form', title: 'Leave it as it is', seen: 'After *Leave it as it is…*' },
        'abandon',
        stuckForGood,
      ),
      reply(
        { id: 'abandoned', title: 'Somebody left it as it is', seen: 'In the thread.' },
        said([...stuckForGood, { type: 'abandon-ordered', person: ana, reason: 'aurora-3 burnt down' }]),
      ),
    ],
  };
}
