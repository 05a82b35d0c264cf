/** Somebody who holds the bot's token or the signing secret sends forms that this bot has not opened, or not like that. */

import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createListeners } from '../../commands/index.ts';
import { secretFor } from '../../src/cli/secrets.ts';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import type { Submission } from '../../src/slack/conversation.ts';
import { dialogues } from '../../src/slack/decisions/index.ts';
import { createSeals, type SealedForm, type Seals } from '../../src/slack/sealed.ts';
import { type Office, openOffice } from '../restore/support/office.ts';
import { untilLook } from '../restore/support/story.ts';
import { fleetOf } from './support/fleet.ts';

const clock = { at: 1_000, now: () => clock.at, sleep: () => Promise.resolve() };
const seals = createSeals({ key: new Uint8Array(32).fill(7), clock });
const opened: SealedForm = {
  form: 'approve',
  userId: 'UBO',
  channel: 'C1',
  threadTs: null,
  messageTs: '17.0',
  subject: `commit R1|${'ab'.repeat(32)}`,
};
const by = { form: 'approve', userId: 'UBO' };
const code = (text: string, who = by): unknown => {
  try {
    return seals.open(text, who);
  } catch (error) {
    return (error as { code?: string }).code;
  }
};
const changed = (change: Record<string, unknown>): string =>
  JSON.stringify({ ...(JSON.parse(seals.seal(opened)) as object), ...change });

describe('a sealed form', () => {
  beforeEach(() => {
    clock.at = 1_000;
  });

  it('is what it was when it was opened, for an hour', () => {
    const text = seals.seal(opened);

    expect(text.length).toBeLessThan(3_000);
    expect(code(text)).toEqual(opened);
    clock.at += 60 * 60_000;
    expect(code(text)).toBe('form-expired');
  });

  it.each([
    { subject: `stop R1|${'ab'.repeat(32)}` },
    { subject: `commit R1|${'cd'.repeat(32)}` },
    { subject: `commit R2|${'ab'.repeat(32)}` },
    { userId: 'UCY' },
    { form: 'commit' },
    { channel: 'C2' },
    { messageTs: '18.0' },
    { until: 1e15 },
    { mac: '' },
    { mac: 'zz' },
    { mac: '00'.repeat(32) },
  ])('that was altered counts no more: %o', (change) => {
    expect(code(changed(change))).toBe('form-altered');
  });

  it('is nobody else’s, and no other form’s', () => {
    const text = seals.seal(opened);

    expect(code(text, { ...by, userId: 'UCY' })).toBe('form-of-another');
    expect(code(text, { ...by, form: 'commit' })).toBe('form-altered');
  });

  it('is not made with another key', () => {
    const other = createSeals({ key: new Uint8Array(32).fill(8), clock });

    expect(code(other.seal(opened))).toBe('form-altered');
  });

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '{"channel":"C1","threadTs":null,"subject":"commit R1|"}',
    changed({ more: 1 }),
  ])('is not read from %s', (text) => {
    expect(code(text)).toBe('unknown-form');
  });
});

describe('the key of the seals', () => {
  const pem = () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

  it('is the same for each process with the grant key, and says nothing of other purposes', () => {
    const one = pem();

    expect(secretFor('slack forms', one)).toEqual(secretFor('slack forms', one));
    expect(secretFor('slack forms', one)).toHaveLength(32);
    expect(secretFor('something else', one)).not.toEqual(secretFor('slack forms', one));
    expect(secretFor('slack forms', pem())).not.toEqual(secretFor('slack forms', one));
  });
});

describe('a form that is sent to us', () => {
  let office: Office;
  let submissions: ReturnType<typeof createListeners>['submissions'];
  let own: Seals;

  beforeEach(async () => {
    office = await openOffice(untilLook());
    own = createSeals({ key: new Uint8Array(32).fill(9), clock: office.clock });
    ({ submissions } = createListeners({
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
      seals: own,
      clock: office.clock,
    }));
  });
  afterEach(() => office.close());

  const send = async (form: string, metadata: string, userId = 'UBO') => {
    const never = (): never => {
      throw new Error('nothing is told: it is thrown, and told by the reception');
    };
    const submission: Submission = {
      userId,
      channel: 'C1',
      threadTs: null,
      tell: never,
      share: never,
      metadata,
      values: { reason: 'x', cluster: 'east' },
      chosen: {},
    };
    await submissions[form]?.(submission);
  };
  const forms = [...Object.values(dialogues).map(({ form }) => form.id), 'return-to-old'];
  const about = (form: string): SealedForm => ({ ...opened, form, subject: ' R1|' });
  const newest = async (): Promise<RestoreEvent | undefined> => (await office.events()).at(-1);

  it.each(forms)(
    '%s: unsealed, of another person, of another form, altered or too old, it does nothing',
    async (form) => {
      const before = (await office.events()).length;
      const sealed = own.seal(about(form));
      const { mac, ...content } = JSON.parse(sealed) as { mac: string };
      const attempts = [
        [JSON.stringify(content), 'unknown-form'],
        [JSON.stringify({ ...content, subject: 'stop R1|', mac }), 'form-altered'],
        [own.seal({ ...about(form), userId: 'UCY' }), 'form-of-another'],
        [own.seal(about(form === 'commit' ? 'approve' : 'commit')), 'form-altered'],
      ] as const;
      for (const [metadata, refusal] of attempts) {
        await expect(send(form, metadata)).rejects.toMatchObject({ code: refusal });
        expect(await newest()).toMatchObject({
          type: 'refused',
          what: `send the form ${form}`,
          code: refusal,
        });
      }
      office.clock.at += 2 * 60 * 60_000;
      await expect(send(form, sealed)).rejects.toMatchObject({ code: 'form-expired' });

      expect((await office.events()).slice(before).map(({ type }) => type)).toEqual(
        Array.from({ length: 5 }, () => 'refused'),
      );
    },
  );

  it('and as it was opened it does what it says', async () => {
    await send('let-reconcile', own.seal(about('let-reconcile')));

    expect(await newest()).toMatchObject({ type: 'release-ordered', person: { userId: 'UBO' } });
  });

  it('a proposal is sealed as well', async () => {
    await expect(send('propose-restore', '{}')).rejects.toMatchObject({ code: 'unknown-form' });
  });
});
