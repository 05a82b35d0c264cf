/** A restore that brings an old log back belongs to the incident of the one it comes from. */
import { expect, it } from 'vitest';
import { z } from 'zod';
import { readReturn, returnForm } from '../../../src/slack/decisions/return-to-old.ts';
import { recordsOf, statesOf, stories } from '../support/whole-story.ts';

const typedBlock = z.looseObject({
  block_id: z.string(),
  element: z.looseObject({ initial_value: z.string().optional() }),
});

it('carries its incident along, unless somebody types another one', () => {
  const state = statesOf(recordsOf(stories['completed'] ?? [])).at(-1);
  if (state === undefined) throw new Error('the story has an end');
  const blocks = returnForm(state, '').blocks.flatMap((block) => {
    const read = typedBlock.safeParse(block);
    return read.success ? [read.data] : [];
  });
  const asOpened = Object.fromEntries(
    blocks.map(({ block_id: name, element }) => [
      name,
      element.initial_value ?? 'the backup was of the wrong week',
    ]),
  );

  expect(state.proposal.incident).toBe('INC-4411');
  expect(readReturn({ values: asOpened })).toEqual({
    reason: 'the backup was of the wrong week',
    incident: 'INC-4411',
  });
});
