import { describe, expect, it } from 'vitest';
import { checkBlocks, countBlockChars, elementsOf } from '../../../src/local-slack/block-kit-rules.ts';
import { actionIds } from '../../../src/slack/action-ids.ts';
import { dialogues } from '../../../src/slack/decisions/index.ts';
import { returnToOldId } from '../../../src/slack/decisions/return-to-old.ts';
import { renderCard } from '../../../src/slack/messages/card.ts';
import { messagesOf } from '../../../src/slack/messages/replies.ts';
import { parseSubject } from '../../../src/slack/subject.ts';
import { renderStory, textsOf } from '../support/rendered.ts';
import { turnStories } from '../support/turn-stories.ts';
import { decisionsOf, looking, recordsOf, staged, statesOf, stories } from '../support/whole-story.ts';

const emoji = /:[a-z_]+:|[\u{1F000}-\u{1FAFF}\u{2600}-\u{26FF}]/gu;

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
          expect(parseSubject('value' in button ? button.value : ''), name).toMatchObject({
            restoreId: 'R1',
          });
        }
      }
    });

    it('keep the words of a message when only its buttons follow the state', () => {
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
          message.kind === 'message' && message.render(state, null).text !== message.render(last, null).text
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
