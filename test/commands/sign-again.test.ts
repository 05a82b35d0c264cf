/** A press decides nothing, also of somebody whose sign-off has run out meanwhile: the form opens again. */
import { afterEach, expect, it } from 'vitest';
import { createListeners } from '../../commands/index.ts';
import type { Press } from '../../src/slack/conversation.ts';
import { createSeals } from '../../src/slack/sealed.ts';
import { type Office, openOffice } from '../restore/support/office.ts';
import { minute, untilSigned } from '../restore/support/story.ts';
import { fleetOf } from '../slack/support/fleet.ts';

let office: Office;
afterEach(() => office.close());

it('Sign off after one’s own sign-off ran out opens the form, and signs when that is sent', async () => {
  office = await openOffice(untilSigned({ policy: { signOffTtlMs: 10 * minute } }));
  office.clock.at += 15 * minute;
  const { presses, submissions } = createListeners({
    service: office.service,
    journal: office.store,
    clusters: new Map(),
    ...fleetOf(new Map(), office.clock),
    outbox: {
      findRestore: () => Promise.resolve(null),
      hasOffered: () => Promise.resolve(true),
      linkOf: () => Promise.resolve(null),
      shutOutOf: () => null,
    },
    places: { judge: () => Promise.resolve(null) },
    seals: createSeals({ key: new Uint8Array(32), clock: office.clock }),
    clock: office.clock,
  });
  const before = await office.events();
  const forms: string[] = [];
  const tell = () => Promise.reject(new Error('nobody is refused'));
  const place = { userId: 'UBO', channel: 'C1', threadTs: null, tell, share: tell };
  const press: Press = {
    ...place,
    value: 'R1|c1',
    actionId: 'sign-off-commit',
    message: { channel: 'C1', ts: '1.0' },
    inModal: null,
    show: (view) => {
      forms.push(view.private_metadata ?? '');
      return Promise.resolve({ fill: () => Promise.resolve() });
    },
  };

  await presses['sign-off-commit']?.(press);

  expect(forms).toHaveLength(1);
  expect(await office.events()).toEqual(before);
  const [metadata = ''] = forms;
  await submissions['approve']?.({ ...place, metadata, values: { comment: 'again' }, chosen: {} });
  expect((await office.events()).at(-1)).toMatchObject({ type: 'signed-off', comment: 'again' });
});
