/** Whatever people read of a restore is right for its procedure: in every state, by every way out, whichever procedures there are. */
import { describe, expect, it } from 'vitest';
import { procedures } from '../../../src/restore/procedures/index.ts';
import type { ProcedureDefinition } from '../../../src/restore/procedures/plan.ts';
import type { GateName, RestoreEvent } from '../../../src/restore/record/events.ts';
import { procedureOf, type RestoreState, summaryOf } from '../../../src/restore/record/state.ts';
import { dialogues } from '../../../src/slack/decisions/index.ts';
import { returnForm } from '../../../src/slack/decisions/return-to-old.ts';
import { renderCard } from '../../../src/slack/messages/card.ts';
import { messagesOf, type Said } from '../../../src/slack/messages/replies.ts';
import { fullPlanView } from '../../../src/slack/views/full-plan.ts';
import { storiesOf } from '../support/procedure-stories.ts';
import { renderStory, textsOf } from '../support/rendered.ts';
import { decisionsOf, recordsOf, statesOf } from '../support/whole-story.ts';

/** What may be said only by a procedure of which this is true. */
const sayings: readonly { said: RegExp; when: (definition: ProcedureDefinition) => boolean }[] = [
  { said: /\bstag(e|es|ed|ing)\b/i, when: ({ plan }) => plan.some(({ name }) => name === 'stage-backup') },
  { said: /recovery tool/i, when: ({ needsRecoveryTool }) => needsRecoveryTool },
  { said: /\bbackup/i, when: ({ source }) => source === 'backup' },
  // What it goes back to is not the old log that it has brought back.
  {
    said: /\b(go|going|put|return)\b[^.·○●]*\bold (logs?|state)\b|\bold (logs|state)\b[^.·○●]* (return|lie|is back)\b/i,
    when: ({ source }) => source === 'backup',
  },
  { said: /not there yet|nothing is staged/i, when: () => false },
];

const gates: readonly GateName[] = ['stop', 'commit', 'go-back'];

/** The form of every decision, as it opens in this state. */
function formsOf(state: RestoreState): readonly string[] {
  const shown = Object.values(dialogues)
    .filter(({ decision }) => decision !== 'leave-out' || procedureOf(state).leavesOut)
    .flatMap(({ form }) =>
      gates
        .filter((gate) => state.gates[gate] !== undefined)
        .map((gate) => form?.show({ state, gate, metadata: '', userId: 'U0BO', now: 0, staged: [] })),
    );
  return [...shown, fullPlanView(state), returnForm(state, '')].map((view) =>
    textsOf({ text: '', blocks: view?.blocks ?? [] }).join('\n'),
  );
}

const all = Object.values(procedures).flatMap((definition) =>
  Object.entries(storiesOf(definition)).map(([story, events]) => ({ definition, story, events })),
);

describe.each(all)('a restore by $definition.name that is $story', ({ definition, events }) => {
  it('says nothing that is true of other procedures only', () => {
    const messages = renderStory(events).flatMap(({ message }) => textsOf(message));
    const forms = statesOf(recordsOf(events)).flatMap(formsOf);

    const wrong = [...messages, ...forms].filter((text) =>
      sayings.some(({ said, when }) => said.test(text) && !when(definition)),
    );

    expect(wrong).toEqual([]);
  });
});

/** What an event of this kind says, the messages of all such events of the story. */
function saidAt(events: readonly RestoreEvent[], isIt: (event: RestoreEvent) => boolean): readonly string[] {
  const records = recordsOf(events);
  const states = statesOf(records);
  return records.flatMap((record, index) => {
    const state = states[index];
    if (state === undefined || !isIt(record.event)) return [];
    const decisions = decisionsOf(records.slice(0, index + 1));
    const said = messagesOf({ record, state, next: records[index + 1]?.event ?? null, decisions });
    return said
      .filter((part): part is Said => part.kind === 'message')
      .map((part) => textsOf(part.render(state, null)).slice(1).join('\n'));
  });
}

describe.each(Object.values(procedures))('a restore by $name', (definition) => {
  const stories = storiesOf(definition);
  const { completed = [], 'made once more': again = [] } = stories;

  it('tells before its first gate what it costs, once', () => {
    const stop = completed.findIndex((event) => event.type === 'gate-opened');

    expect(saidAt(completed.slice(0, stop), () => true)).toEqual([
      expect.stringMatching(/^\*Killed \(3\):\*.*\n.*\n.*\n\*Started again \(4\):\*/),
    ]);
  });

  it('says at its second gate what would be committed, where that is, and what it costs now', () => {
    const [, asked, ...rest] = saidAt(completed, ({ type }) => type === 'gate-opened');

    expect(rest).toEqual([]);
    expect(asked).toMatch(
      /aurora-\d.*9 tasks.* Killed 3, started again 4, kept 5: \*this differs from the plan\*/,
    );
  });

  it('asks once more what was made once more, and says whose sign-offs stand', () => {
    const [asked = '', order = '', ...rest] = saidAt(again, (event) => event === again.at(-1));

    expect(rest).toEqual([]);
    expect(asked).toMatch(
      /^\*Nobody has to sign again\.\*.*\n\*Redone with the same result: the sign-offs of bo and cy still count\.\*/,
    );
    expect(order).toMatch(/One of them commits/);
  });

  it('shows on its card what it costs from the preview to the end', () => {
    const states = statesOf(recordsOf(completed));
    const planned = states.filter((state) => state.facts.preview !== undefined && state.ended === null);

    const without = planned.filter(
      (state) =>
        state.commitOrdered === null &&
        !/3 tasks killed, 4 started again, 5 untouched/.test(renderCard({ state, progress: null }).text),
    );

    expect(without.map(({ done }) => done.at(-1)?.name)).toEqual([]);
    expect(summaryOf(states.at(-1) as RestoreState)).toBeDefined();
  });
});
