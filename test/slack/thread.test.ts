/** What people say in a restore's thread is in its record, and what it left to do is ticked off: in the local Slack, by the bot as it runs. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { control } from '../local-slack/world.ts';
import { type Bot, startBot } from './support/bot.ts';
import { until, write } from './support/slack-world.ts';
import { planned, ran, stories } from './support/whole-story.ts';

const ephemeralAnswer = z.object({ messages: z.array(z.object({ plain: z.string() })) });
const typedAnswer = z.object({ result: z.object({ ts: z.string() }) });
const threadAnswer = z.object({ messages: z.array(z.object({ ts: z.string(), plain: z.string() })) });
const filesAnswer = z.object({ files: z.array(z.object({ name: z.string(), url_private: z.string() })) });

let bot: Bot;
beforeEach(async () => {
  bot = await startBot('socket');
});
afterEach(async () => {
  await bot.app.stop();
  await bot.outbox.stop();
  await bot.world.close();
});

const act = (path: string, body: Record<string, unknown>) => control(bot.world.slack, path, body);
const eventsOf = async <T extends RestoreEvent['type']>(type: T) =>
  (await bot.world.store.read('R1')).filter(({ event }) => event.type === type);
const begin = async (events: readonly RestoreEvent[]) => {
  await write(bot.world.store, events, { at: bot.world.clock.now() });
  await bot.outbox.flush('R1');
  return (await bot.world.store.findPost('R1:card'))?.ts ?? '';
};
const say = async (user: string, thread_ts: string, text: string) =>
  typedAnswer.parse(await act('type', { user, channel: 'C0OPS', thread_ts, text })).result.ts;
const told = async (user: string, words: string) =>
  await until(async () => {
    const { messages } = ephemeralAnswer.parse(await control(bot.world.slack, `users/${user}/ephemerals`));
    return messages.find(({ plain }) => plain.includes(words)) ?? null;
  }, `an answer to ${user}: ${words}`);

it('words, edits, deletions and marks are in the record in their order, by whom they are', async () => {
  const thread = await begin(planned);

  const said = await say('U0BO', thread, 'ads <is> paged, @cy looks');
  await until(async () => (await eventsOf('thread-said')).length === 1, 'what was said');
  await act('edit', { user: 'U0BO', channel: 'C0OPS', ts: said, text: 'ads is not paged' });
  await until(async () => (await eventsOf('thread-edited')).length === 1, 'the edit');
  await act('shortcut', { user: 'U0CY', channel: 'C0OPS', ts: said, callback_id: 'mark-important' });
  await told('U0CY', 'Marked. The report of R1 shows it as important');
  await act('delete', { user: 'U0BO', channel: 'C0OPS', ts: said });
  await until(async () => (await eventsOf('thread-deleted')).length === 1, 'the deletion');

  const words = (await bot.world.store.read('R1')).slice(planned.length).map(({ event }) => event);
  expect(words).toMatchObject([
    {
      type: 'thread-said',
      ts: said,
      text: 'ads &lt;is&gt; paged, <@U0CY> looks',
      person: { userId: 'U0BO' },
    },
    { type: 'thread-edited', ts: said, text: 'ads is not paged' },
    { type: 'thread-marked', ts: said, person: { userId: 'U0CY' } },
    { type: 'thread-deleted', ts: said },
  ]);
});

it('words outside of its thread are nobody’s record, and what the bot says is marked by nobody', async () => {
  const thread = await begin(planned);
  const other = await say('U0BO', await say('U0ANA', thread, 'here').then(() => thread), 'also here');
  await act('type', { user: 'U0BO', channel: 'C0OPS', text: 'lunch?' });

  await act('shortcut', { user: 'U0BO', channel: 'C0OPS', ts: thread, callback_id: 'mark-important' });
  await told('U0BO', 'Only what a person said in the thread of a restore can be marked.');
  await until(async () => (await eventsOf('thread-said')).length === 2, 'both');

  expect(other).not.toBe(thread);
  expect(JSON.stringify(await bot.world.store.read('R1'))).not.toContain('lunch?');
});

it('what is left to do stands at the end with who is asked, until somebody ticks it off', async () => {
  const completed = stories['completed'] ?? [];
  const thread = await begin([
    ...completed.slice(0, -3),
    ...ran('report', { restartWanted: ['aurora-1'] }),
    completed.at(-1) as RestoreEvent,
  ]);
  const replies = async () =>
    threadAnswer.parse(await control(bot.world.slack, `channels/C0OPS/threads/${thread}`)).messages;
  const report = (await replies()).find(({ plain }) => plain.includes('Report of R1'));
  expect(report?.plain).toContain('• Restart the schedulers on aurora-1');

  await act('press', { user: 'U0BO', channel: 'C0OPS', ts: report?.ts ?? '', action_id: 'tick-off' });
  await until(
    async () =>
      JSON.stringify(await control(bot.world.slack, 'users/U0BO/views')).includes('What is done?') || null,
    'the form',
  );
  await act('submit', { user: 'U0BO', values: { work: ['restart-schedulers'] } });
  await until(async () => (await eventsOf('left-work-done')).length === 1, 'that it is done');
  await bot.outbox.flush('R1');

  const after = await replies();
  const now = after.find(({ ts }) => ts === report?.ts)?.plain ?? '';
  expect(now).toContain('✓ @bo restarted the schedulers');
  expect(now).toContain('• Remove what was set aside');
  expect(after.at(-1)?.plain).toContain('@bo restarted the schedulers. Still to do: 1');
  const { files } = filesAnswer.parse(await control(bot.world.slack, 'files'));
  expect(files.map(({ name }) => name.split('.').at(-1)).sort()).toEqual(['html', 'jsonl', 'md']);
});
