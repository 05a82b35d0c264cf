/**
 * Tasks are left out of a restore by people in Slack, in the real world of the drill: they search in the form, the requester
 * and the editor turn out to fill one place together, and what was left out does not come back.
 */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cast } from '../../src/drill/world/cast.ts';
import { readJournal, withDrill } from './support/drill.ts';
import { hasButton, type SeenMessage, SlackPeople } from './support/slack-people.ts';

const { ana, bo, cy, gil } = cast;

const offered = z.object({
  options: z.array(z.object({ text: z.object({ text: z.string() }), value: z.string() })),
});

/** Opens the form and types into one of its fields. */
async function openForm(people: SlackPeople, user: string, card: SeenMessage) {
  await people.press(user, card, 'leave-out');
  const form = await people.untilForm(user, 'leave-out');
  const search = async (action_id: string, value: string) =>
    offered.parse(await people.post('suggest', { user, view_id: form.id, action_id, value })).options;
  return { form, search };
}

describe('tasks left out at the commit gate', { timeout: 240_000 }, () => {
  it('are chosen by searching, void what was signed, and stay away', async () => {
    await withDrill(async (world) => {
      const people = new SlackPeople(world.slack.url);
      const sign = async (user: string) => {
        await people.decide(user, card, { actionId: 'sign-off-commit', form: 'approve', values: {} });
      };
      const card = await people.propose(ana);
      await people.decide(bo, card, { actionId: 'approve-stop', form: 'approve', values: {} });
      await people.untilInThread(card, 'Staged on');
      await sign(ana);
      await people.untilInThread(card, '@ana signed off');

      const mine = await openForm(people, bo, card);
      const jobs = await mine.search('leave-out-jobs', 'devel scratch');
      const tasks = await mine.search('leave-out-tasks', 'www-devel-scratch');
      const nothing = await people.submit(bo, mine.form, { reason: 'its owner stopped it on purpose' });
      const refused = await people.answerTo(gil, () => people.press(gil, card, 'leave-out'));
      const all = await mine.search('leave-out-jobs', '');
      const everything = await people.answerTo(bo, () =>
        people.submit(bo, mine.form, { jobs: all.map(({ value }) => value), reason: 'all of it' }),
      );
      const again = await openForm(people, bo, card);
      await again.search('leave-out-jobs', 'scratch');
      await people.submit(bo, again.form, {
        jobs: [jobs[0]?.value ?? ''],
        reason: 'its owner stopped it on purpose',
      });
      const edited = await people.untilInThread(card, 'left out.');

      expect(jobs.map(({ text }) => text.text)).toEqual(['www/devel/scratch · 2 tasks']);
      expect(tasks).toHaveLength(2);
      expect(nothing).toMatchObject({ result: { kind: 'errors', errors: { jobs: expect.anything() } } });
      expect(refused).toContain('a guest');
      expect(everything).toContain('That would leave every task out');
      expect(edited.plain).toContain('7 tasks, those of the file without the 2 left out.');
      expect(edited.plain).toContain(
        'bo left 2 tasks out of www/devel/scratch: "its owner stopped it on purpose"',
      );

      // Its button still names the old digest until it is edited, at most three seconds later.
      const digest = / digest (\S+)/.exec(edited.plain)?.[0] ?? 'no digest';
      await people.until('the card of the new digest', async () => {
        const [first] = await people.thread(card);
        return first?.plain.includes(digest) === true ? first : null;
      });
      await sign(ana);
      // Once before the edit, and once after it.
      await people.until('the second sign-off of ana', async () => {
        const told = (await people.thread(card)).filter(({ plain }) => plain?.includes('@ana signed off'));
        return told.length === 2 ? told : null;
      });
      const shared = await people.answerTo(bo, () => people.press(bo, card, 'sign-off-commit'));
      expect(shared).toContain('Your sign-off would add nothing: ana has signed');
      expect((await people.thread(card)).some((message) => hasButton(message, 'commit'))).toBe(false);

      await sign(cy);
      await people.decide(cy, card, { actionId: 'commit', form: 'commit', values: { cluster: 'east' } });
      await people.decide(cy, card, { actionId: 'let-reconcile', form: 'let-reconcile', values: {} });
      const end = await people.untilEnded(card);

      expect(end.plain).toContain('completed');
      expect((await people.lastInChannel(card)).plain).toContain('started again 2');
      expect((await people.untilInThread(card, 'Report of')).plain).toContain('bo left 2 tasks out');
      const left = readJournal(world).flatMap((event) =>
        event.type === 'edit-ordered' ? event.taskIds : [],
      );
      expect(JSON.stringify(await people.get('files'))).toContain('What is left out of the restore to east');
      expect(left).toHaveLength(2);
      expect(left.every((taskId) => taskId.includes('scratch'))).toBe(true);
    });
  });
});
