/**
 * After the first reconciliation, in the real world of the drill: people are sorry and go back to the log that the restore
 * set aside. That is a restore of its own, with its own cost; what lies aside stays there.
 */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cast } from '../../src/drill/world/cast.ts';
import { readJournal, withDrill } from './support/drill.ts';
import { type SeenMessage, SlackPeople } from './support/slack-people.ts';

const { ana, bo, cy } = cast;

async function approveAll(people: SlackPeople, card: SeenMessage): Promise<void> {
  await people.decide(bo, card, { actionId: 'approve-stop', form: 'approve', values: {} });
  for (const user of [bo, cy]) {
    await people.decide(user, card, { actionId: 'sign-off-commit', form: 'approve', values: {} });
  }
  await people.decide(cy, card, { actionId: 'commit', form: 'commit', values: { cluster: 'east' } });
  await people.press(bo, card, 'let-reconcile');
}

describe('going back after the first reconciliation', { timeout: 240_000 }, () => {
  it('shows what it kills and starts, and ends with the state of before the restore', async () => {
    await withDrill(async (world) => {
      const people = new SlackPeople(world.slack.url);
      const first = await people.propose(ana);
      await approveAll(people, first);
      await people.untilEnded(first);

      await people.decide(ana, first, {
        actionId: 'return-to-old',
        form: 'return-to-old',
        values: { reason: 'scratch must not come back' },
      });
      const second = await people.until('the second card', async () => (await people.cards())[1] ?? null);
      await approveAll(people, second);
      const end = await people.untilEnded(second);

      const soak = readJournal(world).findLast(
        (event) => event.type === 'step-completed' && event.step === 'soak',
      );
      expect(end.plain).toContain('completed');
      expect(second.plain).toContain('The log that R1 set aside');
      expect(soak).toMatchObject({ facts: { bothRan: true, asPredicted: true } });
      for (const host of world.hosts) expect(existsSync(`${host.paths.log}.set-aside-R1`)).toBe(true);
    });
  });
});
