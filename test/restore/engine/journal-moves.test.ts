/** A journal that always has moved on: whoever writes gives up after a while instead of spinning for ever. */
import { afterEach, expect, it } from 'vitest';
import { AuroraError } from '../../../src/aurora/errors.ts';
import type { Journal } from '../../../src/aurora/journal.ts';
import { appendsMax } from '../../../src/restore/append.ts';
import { RestoreThread } from '../../../src/restore/engine/thread.ts';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import { createRestoreService } from '../../../src/restore/service/service.ts';
import { type Office, openOffice } from '../support/office.ts';
import { bo, untilStopGate } from '../support/story.ts';

let office: Office | null = null;
afterEach(() => office?.close());

/** R1 at the stop gate, over a store that takes nothing more. */
async function openMoving() {
  office = await openOffice(untilStopGate());
  const { store, people, clock, cluster } = office;
  let appends = 0;
  const journal: Journal<RestoreEvent> = {
    ...store,
    append: () => {
      appends += 1;
      return Promise.reject(
        new AuroraError({ code: 'journal-moved', message: 'It has moved on.', hint: 'Read again.' }),
      );
    },
  };
  const clusters = new Map([[cluster.name, { cluster }]]);
  return {
    office,
    journal,
    deps: { journal, documents: store, people, clock, clusters },
    appends: () => appends,
  };
}

it('a decision of a person is made anew a bounded number of times', async () => {
  const { deps, appends } = await openMoving();
  const service = createRestoreService(deps, () => undefined);
  const vote = { restoreId: 'R1', gate: 'stop', digest: 'd1', userId: bo.userId, comment: '' } as const;

  await expect(service.take('sign-off', vote)).rejects.toMatchObject({ code: 'journal-moved' });

  expect(appends()).toBe(appendsMax);
});

it('so is a write of the worker', async () => {
  const { office: at, deps, appends } = await openMoving();
  const lease = { cluster: 'east', owner: 'bot', fence: 1 };
  const thread = new RestoreThread(deps, lease, await at.state());

  await expect(thread.append(() => [{ type: 'gate-expired', gate: 'stop' }])).rejects.toMatchObject({
    code: 'journal-moved',
  });

  expect(appends()).toBe(appendsMax);
});
