/** Turns at the commit gate, as people read them: what was left out, what stands, whose hand, who paused. */
import { describe, expect, it } from 'vitest';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import { buttonsFor } from '../../../src/slack/messages/buttons.ts';
import { renderCard } from '../../../src/slack/messages/card.ts';
import { type Attached, messagesOf, type Said } from '../../../src/slack/messages/replies.ts';
import { leftOutFile } from '../../../src/slack/messages/task-list.ts';
import { waitingFor } from '../../../src/slack/messages/waiting.ts';
import { fullPlanView } from '../../../src/slack/views/full-plan.ts';
import { ana, bo, cy } from '../../restore/support/story.ts';
import { textsOf } from '../support/rendered.ts';
import {
  foreignHand,
  keptOnce,
  leftOut,
  pausedAtGate,
  pausedAtLook,
  signedEdited,
} from '../support/turn-stories.ts';
import { decisionsOf, offLine, planned, ran, recordsOf, staged, statesOf } from '../support/whole-story.ts';

function lastState(events: readonly RestoreEvent[]): RestoreState {
  const state = statesOf(recordsOf(events)).at(-1);
  if (state === undefined) throw new Error('a story has events');
  return state;
}

/** What the last event of the story says, in all its messages. */
function saidAtEnd(events: readonly RestoreEvent[]): readonly (Said | Attached)[] {
  const records = recordsOf(events);
  const record = records.at(-1);
  if (record === undefined) throw new Error('a story has events');
  return messagesOf({ record, state: lastState(events), next: null, decisions: decisionsOf(records) });
}

/** Its words, one text a message, with times as `T`. */
function wordsAtEnd(events: readonly RestoreEvent[], latest = lastState(events)): string[] {
  return saidAtEnd(events).flatMap((said) =>
    said.kind === 'file'
      ? [`[file ${said.document}: ${said.title}]`]
      : [
          textsOf(said.render(latest, null))
            .slice(1)
            .join('\n')
            .replace(/<!date[^>]*>/g, 'T'),
        ],
  );
}

const labels = (state: RestoreState) =>
  buttonsFor(state).flatMap((each) =>
    each.type === 'overflow' ? each.options.map(({ text }) => text.text) : [each.text.text],
  );

describe('tasks left out', () => {
  it('are counted in what is staged, with who, why and the list', () => {
    const [words = '', ...files] = wordsAtEnd(leftOut);

    expect(words).toContain('*Staged on aurora-1: 7 tasks, those of the file without the 2 left out.*');
    expect(words).toContain(
      '*this differs from the plan*, because tasks were left out; the list is attached',
    );
    expect(words).toContain(
      '*Left out: 2 tasks of `www/devel/scratch`.* Each is in the attached list.\n• T bo left 2 tasks out of `www/devel/scratch`: "its owner stopped it on purpose"',
    );
    expect(words).toContain('*Needs two different approvers:* <@UANA>, <@UBO>, <@UCY>');
    expect(files).toContain('[file left-out: What is left out of the restore to east]');
  });

  it('stand in the attached list, each once', () => {
    expect(leftOutFile(recordsOf([...leftOut, ...leftOut.slice(-4, -3)])).split('\n')).toEqual([
      'job\ttask\tleft out by\tat\twhy',
      expect.stringMatching(
        /^www\/devel\/scratch\twww-devel-scratch-0-a\tbo\t2026-11-23T.*\tits owner stopped it on purpose$/,
      ),
      expect.stringMatching(/^www\/devel\/scratch\twww-devel-scratch-1-b\tbo\t/),
      '',
    ]);
  });

  it('need somebody beside the co-authors, who fill one place together', () => {
    const [first = ''] = wordsAtEnd([...leftOut, signedEdited(ana)]);
    const enough = wordsAtEnd([...leftOut, signedEdited(ana), signedEdited(cy)]);

    expect(first).toContain('\n1 more sign-off needed.');
    expect(enough).toHaveLength(2);
    expect(enough[1]).toContain('One of them commits');
  });

  it('are offered at the commit gate of a staged restore alone, while nothing is ordered', () => {
    const offered = (events: readonly RestoreEvent[]) =>
      labels(lastState(events)).includes('Leave tasks out…');
    const atTheToolsGate = offLine.slice(
      0,
      offLine.findLastIndex((event) => event.type === 'gate-opened') + 1,
    );

    expect(offered(staged)).toBe(true);
    expect(offered(keptOnce)).toBe(true);
    expect(offered(keptOnce.slice(0, staged.length + 3))).toBe(false);
    expect(offered(planned)).toBe(false);
    expect(labels(lastState(atTheToolsGate))).toContain('Sign off…');
    expect(offered(atTheToolsGate)).toBe(false);
  });
});

describe('what is staged once more and comes out the same', () => {
  it('says that the sign-offs stand and whose they are, and asks for the order again', () => {
    const [stagedAgain = '', ready = ''] = wordsAtEnd(keptOnce);

    expect(stagedAgain).toMatch(
      /^\*Nobody has to sign again\.\*.*\n\*Redone with the same result: the sign-offs of bo and cy still count\.\*/,
    );
    expect(stagedAgain).toContain('*Nobody has to sign again.*');
    expect(ready).toContain('signed off digest');
    expect(ready).toContain('One of them commits');
    expect(waitingFor(lastState(keptOnce))).toBe('commit');
  });

  it('asks for what is missing when not all had signed', () => {
    const one = [...staged, ...keptOnce.slice(staged.length, staged.length + 1), ...keptOnce.slice(-7)];

    const [words = '', ...more] = wordsAtEnd(one);

    expect(words).toContain('the same result: the sign-off of bo still counts.*');
    expect(words).toContain('*Needs one more approver:* <@UANA>, <@UCY>');
    expect(words).toContain('Decide with the buttons of the card');
    expect(more).toEqual([]);
  });

  it('is asked about anew when it came out differently: nothing of the earlier sign-offs is said to stand', () => {
    const other: RestoreEvent = {
      type: 'gate-opened',
      gate: 'commit',
      digest: 'ee',
      needed: 2,
      expiresAt: 9e12,
    };
    const different = [...keptOnce.slice(0, -2), ...ran('summarise-staged', { commitDigest: 'ee' }), other];

    const [words = ''] = wordsAtEnd(different);

    expect(wordsAtEnd(different.slice(0, -1))).toEqual([]);
    expect(words).not.toContain('stand');
    expect(words).toContain('*Needs two different approvers:*');
  });

  it('says of the question before that it is asked no longer', () => {
    const before = keptOnce.slice(0, staged.length + 2);

    const [, ready = ''] = wordsAtEnd(before, lastState(keptOnce));

    expect(ready).toMatch(/^\*No longer asked:\* it was asked again further down\./);
    expect(ready).not.toContain('One of them commits');
  });

  it('says nothing when the gate is opened for it anyway', () => {
    expect(wordsAtEnd(staged.slice(0, -1))).toEqual([]);
  });
});

describe('a foreign hand', () => {
  it('is named in the channel, with what to do, and one way back', () => {
    const [said] = saidAtEnd(foreignHand);
    const [words = ''] = wordsAtEnd(foreignHand);

    expect(said).toMatchObject({ place: 'channel' });
    expect(words).toContain('*Somebody else is at work on `east`, and its restore needs a person.*');
    expect(words).toContain('What was staged on aurora-1 is gone');
    expect(words).toContain('Then look again and sign again, or put everything back.');
    expect(words).toContain('this restore has committed nothing.');
    expect(labels(lastState(foreignHand))).toEqual([
      'I have done this: look again…',
      'Stop here and put everything back…',
      'Full plan',
    ]);
  });
});

describe('a pause', () => {
  it('is offered where hosts were touched and it can still be stopped, and at the second look', () => {
    expect(labels(lastState(planned))).not.toContain('Pause…');
    expect(labels(lastState(staged))).toContain('Pause…');
    expect(labels(lastState(pausedAtLook.slice(0, -1)))).toContain('Pause…');
    expect(labels(lastState(foreignHand))).not.toContain('Pause…');
  });

  it('says who, since when and why on the card, and offers to resume and one way back', () => {
    const card = renderCard({ state: lastState(pausedAtGate), progress: null }).text;

    expect(card).toMatch(
      /\*Paused by <@UCY> \(<!date[^>]+>\):\* "ads is still counting"\. Nothing new starts/,
    );
    expect(card).toContain('*Who can resume it:* an approver of `east`.');
    expect(labels(lastState(pausedAtGate))).toEqual([
      'Resume…',
      'Stop here and put everything back…',
      'Full plan',
    ]);
    expect(labels(lastState(pausedAtLook))).toEqual(['Resume…', 'Go back to the old state…', 'Full plan']);
  });

  it('points to the card until it is resumed, and then the question is asked again', () => {
    const resumed = lastState([...pausedAtGate, { type: 'resume-ordered', person: bo }]);

    const [during = ''] = wordsAtEnd(pausedAtGate);
    const [after = ''] = wordsAtEnd(pausedAtGate, resumed);

    expect(during).toContain('Decide with the buttons of the card');
    expect(after).not.toContain('Decide with the buttons');
    expect(labels(resumed)).toContain('Sign off…');
  });

  it('says what becomes of the time', () => {
    expect(wordsAtEnd(pausedAtGate)[0]).toContain('Deadlines keep running: sign-off closes at');
    expect(wordsAtEnd(pausedAtLook)[0]).toContain('The clock of the second look is paused as well.');
  });
});

describe('the full plan', () => {
  it('lists the turns that were taken', () => {
    const plan = JSON.stringify(fullPlanView(lastState([...leftOut, ...pausedAtGate.slice(-1)])));

    expect(plan).toContain('*So far:*');
    expect(plan).toContain('left 2 tasks out');
    expect(plan).toContain('cy paused it');
    expect(JSON.stringify(fullPlanView(lastState(keptOnce)))).toContain('retried from');
    expect(JSON.stringify(fullPlanView(lastState(staged)))).not.toContain('turns');
  });

  it('and the report tells what nobody decided, too', () => {
    const lines = decisionsOf(recordsOf([...foreignHand, ...keptOnce.slice(-7)])).join('\n');

    expect(lines).toContain(
      'somebody else was seen at work, and sign-offs no longer counted: What was staged',
    );
    expect(lines).toContain('retried from');
  });
});

describe('tasks that no scheduler survives', () => {
  const shown = Array.from({ length: 10 }, (_, n) => ({
    taskId: `t-${n}`,
    job: 'www/prod/web',
    flaw: 'no task events' as const,
  }));
  const unlivable = staged.map(
    (event): RestoreEvent =>
      event.type === 'step-completed' && event.step === 'summarise-staged'
        ? { ...event, facts: { ...event.facts, unlivable: { tasks: 30, shown } } }
        : event,
  );

  it('are named where people would sign, and nothing offers a signature while one is in', () => {
    const [words = ''] = wordsAtEnd(unlivable);

    expect(words).toContain(
      '*Leave 30 tasks out first: no scheduler survives them, and nobody can sign yet.*',
    );
    expect(words).toContain('• `t-0` of `www/prod/web`: no task events');
    expect(words).toContain('…and 20 more; the form names them all');
    expect(labels(lastState(unlivable))).not.toContain('Sign off…');
    expect(labels(lastState(unlivable))).toContain('Leave tasks out…');
    expect(JSON.stringify(renderCard({ state: lastState(unlivable), progress: null }))).toContain(
      'The other way is to stop here.',
    );
  });
});
