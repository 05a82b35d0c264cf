/** The gallery has everything that the bot can send, and its pictures are of today's words. */
import { describe, expect, it } from 'vitest';
import { checkBlocks, checkView } from '../../src/local-slack/block-kit-rules.ts';
import { callsDuring, listBuilders } from './builders.ts';
import type { Group } from './example.ts';
import { collectExamples } from './examples.ts';

describe('the gallery', () => {
  it('shows every builder of messages, forms and decisions', async () => {
    const builders = await listBuilders();
    const { called } = await callsDuring(collectExamples);

    const missing = builders.filter((names) => !names.some((name) => called.has(name)));

    expect(missing, 'add an example to test/gallery/examples').toEqual([]);
  });
});

const groups: readonly Group[] = await collectExamples();
const examples = groups.flatMap((group) => group.examples);

describe('the examples', () => {
  it('have names of their own, which can be names of files', () => {
    const ids = examples.map(({ id }) => id);

    expect(ids.filter((id, index) => ids.indexOf(id) !== index || !/^[a-z][a-z-]*$/.test(id))).toEqual([]);
  });

  it.each(examples.map((example) => [example.id, example] as const))(
    '%s is what Slack takes',
    (_id, example) => {
      const checked = 'view' in example ? checkView(example.view) : checkBlocks(example.message.blocks);

      expect(checked.ok ? [] : checked.problems).toEqual([]);
    },
  );
});
