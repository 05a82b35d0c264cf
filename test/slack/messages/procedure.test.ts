/** What people read of the off-line procedure, and where they choose it. */
import { describe, expect, it } from 'vitest';
import { renderCard } from '../../../src/slack/messages/card.ts';
import { fullPlanView } from '../../../src/slack/views/full-plan.ts';
import { procedureBlocks, readProcedure } from '../../../src/slack/views/procedure-choice.ts';
import { renderStory, textsOf } from '../support/rendered.ts';
import { offLine, planned, recordsOf, statesOf } from '../support/whole-story.ts';

const words = renderStory(offLine).map(({ message }) => textsOf(message).join('\n'));
const lastState = (events: Parameters<typeof recordsOf>[0]) => {
  const state = statesOf(recordsOf(events)).at(-1);
  if (state === undefined) throw new Error('a story has events');
  return state;
};

describe('a restore with the recovery tool', () => {
  it('says which procedure it is, and why, on the card and in the plan', () => {
    const state = lastState(offLine);

    const card = textsOf(renderCard({ state, progress: null })).join('\n');
    const plan = JSON.stringify(fullPlanView(state));

    expect(card).toContain('recovery-tool procedure (configured for this cluster)');
    expect(plan).toContain('recovery-tool procedure (configured for this cluster)');
    expect(plan).toContain('Run the recovery tool');
    expect(plan).not.toContain('Stage the backup');
  });

  it.each([
    'prepares new logs and the backup for Aurora’s recovery tool',
    'Ready on aurora-2 for the recovery tool: 9 tasks, exactly those of the file.',
    'the recovery tool writes it into one blank log',
    'The recovery tool has filled the log of aurora-2:* 7 operations in 38 ms, on attempt 2, with a new blank log',
    'aurora.failed-R1',
  ])('says "%s"', (text) => {
    expect(words.some((message) => message.includes(text))).toBe(true);
  });

  it('never says that something was staged', () => {
    expect(words.filter((message) => /\bstaged?s?\b/i.test(message))).toEqual([]);
  });
});

describe('a restore from before there was a choice', () => {
  it('is a staged one, without a reason', () => {
    const card = textsOf(renderCard({ state: lastState(planned), progress: null })).join('\n');

    expect(card).toContain('· staged procedure, for Aurora');
  });
});

describe('the choice in the form', () => {
  const initialOf = (cluster: Parameters<typeof procedureBlocks>[0]) =>
    JSON.parse(JSON.stringify(procedureBlocks(cluster)))[0]?.element.initial_option.value;

  it('is only there for releases that have two', () => {
    expect(procedureBlocks({ name: 'east', auroraVersion: '0.17.0' })).toEqual([]);
    expect(procedureBlocks({ name: 'east', auroraVersion: '0.20.0' })).toHaveLength(1);
  });

  it('begins with what the cluster is configured for', () => {
    expect(initialOf({ name: 'east', auroraVersion: '0.22.0' })).toBe('staged');
    expect(initialOf({ name: 'east', auroraVersion: '0.22.0', procedure: 'recovery-tool' })).toBe(
      'recovery-tool',
    );
  });

  it('is read for the cluster that was chosen, and anything else is no choice', () => {
    const values = { 'procedure-east': 'recovery-tool', 'procedure-west': 'something' };

    expect(readProcedure(values, 'east')).toBe('recovery-tool');
    expect(readProcedure(values, 'west')).toBeNull();
    expect(readProcedure(values, 'north')).toBeNull();
  });
});
