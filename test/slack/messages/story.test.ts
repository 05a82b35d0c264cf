import { describe, expect, it } from 'vitest';
import { checkBlocks, countBlockChars, elementsOf } from '../../../src/local-slack/block-kit-rules.ts';
import { actionIds } from '../../../src/slack/action-ids.ts';
import type { Message } from '../../../src/slack/blocks.ts';
import { dialogues } from '../../../src/slack/decisions/index.ts';
import { returnToOldId } from '../../../src/slack/decisions/return-to-old.ts';
import { renderCard } from '../../../src/slack/messages/card.ts';
import { messagesOf } from '../../../src/slack/messages/replies.ts';
import { parseSubject } from '../../../src/slack/subject.ts';
import { renderStory, textsOf } from '../support/rendered.ts';
import { turnStories } from '../support/turn-stories.ts';
import { decisionsOf, looking, recordsOf, staged, statesOf, stories } from '../support/whole-story.ts';

const emoji = /:[a-z_]+:|[\u{1F000}-\u{1FAFF}\u{2600}-\u{26FF}]/gu;

/** What was said, without the request or its answer. */
function factsOf({ text }: Message): string {
  const isRequest =
    /^\*(Needs|Nobody has to sign|Answered|No longer asked|Not answered|Not asked|Settled|Going back to .* was asked|Look at your jobs)|^Nothing has been committed\. One of them commits/;
  return text
    .split('\n')
    .filter((line) => !isRequest.test(line))
    .map((line) => line.replace(/ \*Needs an answer:\*.*/, ''))
    .join('\n');
}

function idsOf({ blocks }: Message): string[] {
  const checked = checkBlocks(blocks);
  return (checked.ok ? checked.value.flatMap(elementsOf) : []).flatMap((element) =>
    'action_id' in element && typeof element.action_id === 'string' ? [element.action_id] : [],
  );
}

describe.each(Object.entries({ ...stories, ...turnStories }))(
  'messages of a restore that is %s',
  (_name, events) => {
    it('are within the limits of Block Kit, with a text for the notification', () => {
      const rendered = renderStory(events);

      for (const { name, message } of rendered) {
        const checked = checkBlocks(message.blocks);
        expect(checked.ok ? [] : checked.problems, name).toEqual([]);
        expect(checked.ok ? countBlockChars(checked.value) : 0, name).toBeLessThan(10_000);
        expect(message.text.length, name).toBeGreaterThan(0);
        expect(message.text.length, name).toBeLessThanOrEqual(4_000);
      }
    });

    it('have at most one emoji, and mention nobody twice', () => {
      const rendered = renderStory(events);

      for (const { name, message } of rendered) {
        const words = textsOf({ text: '', blocks: message.blocks }).join('\n');
        expect(words.match(emoji)?.length ?? 0, name).toBeLessThanOrEqual(1);
        // Edits of the card notify nobody; a message that is posted mentions everybody once.
        if (name.startsWith('card')) continue;
        const mentioned = words.match(/<@[^>]+>/g) ?? [];
        expect(mentioned.length, name).toBe(new Set(mentioned).size);
      }
    });

    it('offer only buttons that exist, which name the restore and give no right', () => {
      const rendered = renderStory(events);

      const known = new Set<string>([
        ...Object.values(actionIds),
        ...Object.values(dialogues).flatMap(({ buttons }) => Object.keys(buttons)),
        returnToOldId,
      ]);
      for (const { name, message } of rendered) {
        const checked = checkBlocks(message.blocks);
        const buttons = checked.ok ? checked.value.flatMap(elementsOf) : [];
        for (const button of buttons) {
          expect(known, name).toContain(button.action_id);
          const pressed =
            button.type === 'overflow'
              ? button.options.map(({ value }) => value.split(' '))
              : [[button.action_id, 'value' in button ? button.value : '']];
          for (const [actionId, value = ''] of pressed) {
            expect(known, name).toContain(actionId);
            expect(parseSubject(value), name).toMatchObject({ restoreId: 'R1' });
          }
        }
      }
    });

    it('offer four buttons at most, and never two red ones', () => {
      for (const { name, message } of renderStory(events)) {
        const checked = checkBlocks(message.blocks);
        const buttons = (checked.ok ? checked.value.flatMap(elementsOf) : []).filter(
          ({ type }) => type === 'button',
        );
        const red = buttons.filter((button) => 'style' in button && button.style === 'danger');

        expect(buttons.length, name).toBeLessThanOrEqual(4);
        expect(red.length, name).toBeLessThanOrEqual(1);
      }
    });

    it('offer nothing in the thread that the card offers', () => {
      const records = recordsOf(events);
      for (const [index, state] of statesOf(records).entries()) {
        const record = records[index];
        if (record === undefined) throw new Error('a state has a record');
        const next = records[index + 1]?.event ?? null;
        const replies = messagesOf({ record, state, next, decisions: [] }).filter(
          (said) => said.kind === 'message' && said.place === 'thread',
        );

        const onCard = idsOf(renderCard({ state, progress: null }));
        for (const said of replies)
          if (said.kind === 'message')
            expect(idsOf(said.render(state, null)).filter((id) => onCard.includes(id))).toEqual([]);
      }
    });

    it('ask for nothing once it is answered, and say so first', () => {
      const records = recordsOf(events);
      const states = statesOf(records);
      const last = states.at(-1);
      if (last?.ended == null) return;
      for (const [index, record] of records.entries()) {
        const state = states[index] ?? last;
        const next = records[index + 1]?.event ?? null;
        for (const said of messagesOf({ record, state, next, decisions: [] })) {
          if (said.kind !== 'message' || said.place !== 'thread' || !said.live) continue;
          const text = said.render(last, null).text;
          expect(text, said.name).toMatch(
            /^(\*(Answered|No longer asked|Not answered|Not asked)|(?!.*Needs))/,
          );
          expect(text, said.name).not.toMatch(/\*Needs|One of them commits|\*Look at your jobs/);
        }
      }
    });

    it('keep what was said when only the request and its answer follow the state', () => {
      const records = recordsOf(events);
      const states = statesOf(records);
      const last = states.at(-1);
      if (last === undefined) throw new Error('a story has events');

      const changed = records.flatMap((record, index) => {
        const state = states[index] ?? last;
        const said = messagesOf({
          record,
          state,
          next: records[index + 1]?.event ?? null,
          decisions: decisionsOf(records.slice(0, index + 1)),
        });
        return said.flatMap((message) =>
          message.kind === 'message' &&
          factsOf(message.render(state, null)) !== factsOf(message.render(last, null))
            ? [message.name]
            : [],
        );
      });

      expect(changed).toEqual([]);
    });
  },
);

describe('the card', () => {
  it('says who must act and until when at each gate, and what cannot be undone', () => {
    const at = (events: typeof staged) => {
      const state = statesOf(recordsOf(events)).at(-1);
      if (state === undefined) throw new Error('a story has events');
      return renderCard({ state, progress: null }).text;
    };

    expect(at(staged)).toMatch(
      /^\*Restore of `east`: waiting for two different approvers to sign off\* · commits the backup of <!date\^\d+[^>]+>, 14 min old when proposed, from aurora-2\n\*Who can:\* <@UANA>, <@UBO>, <@UCY> · until <!date\^\d+[^>]+>, then everything is put back\n/,
    );
    expect(at(looking)).toMatch(/cannot be undone: 3 tasks killed, 4 started again/);
  });

  it('shows what is waited for, and that tasks keep running, while hosts are isolated', () => {
    const states = statesOf(recordsOf(staged.slice(0, -3)));
    const state = states.at(-1);
    if (state === undefined) throw new Error('a story has events');

    const card = renderCard({
      state,
      progress: "Waiting for the elected scheduler's storage: 11 s (usual: up to 20 s)",
    });

    expect(card.text).toContain("◐ *Waiting for the elected scheduler's storage: 11 s");
    expect(card.text).toContain('Tasks keep running all this time.');
  });
});

describe('the thread of a whole restore', () => {
  it('reads as the golden file', async () => {
    const events = stories['completed'] ?? [];
    const records = recordsOf(events);
    const states = statesOf(records);

    const thread = records.flatMap((record, index) => {
      const state = states[index];
      if (state === undefined) return [];
      return messagesOf({
        record,
        state,
        next: records[index + 1]?.event ?? null,
        decisions: decisionsOf(records.slice(0, index + 1)),
      }).map((said) =>
        said.kind === 'file'
          ? `[file: ${said.title}]`
          : [
              said.place === 'channel' ? '(in the channel)' : '',
              ...textsOf(said.render(state, 'https://acme.slack.com/p1')).slice(1),
            ]
              .filter((line) => line !== '')
              .join('\n'),
      );
    });
    const cards = [states.at(11), states.at(-1)].flatMap((state) =>
      state === undefined
        ? []
        : [
            textsOf(renderCard({ state, progress: null }))
              .slice(1)
              .join('\n'),
          ],
    );

    await expect([...cards, ...thread].join('\n\n---\n\n')).toMatchFileSnapshot('../golden/thread.txt');
  });
});
