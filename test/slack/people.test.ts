import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { People } from '../../src/aurora/people.ts';
import { createSlackPeople } from '../../src/slack/people.ts';
import { createAskingClient } from '../../src/slack/web-client.ts';
import { botToken, control } from '../local-slack/world.ts';
import { type SlackWorld, startSlackWorld } from './support/slack-world.ts';

let world: SlackWorld;
let people: People;

beforeEach(async () => {
  world = await startSlackWorld();
  people = createSlackPeople({
    client: createAskingClient({ botToken, apiUrl: world.slack.apiUrl, log: world.log }),
    clock: world.clock,
  });
});
afterEach(async () => {
  await world.close();
});

describe('people as Slack knows them', () => {
  it('are keyed by team and user', async () => {
    const person = await people.findPerson('U0BO');

    expect(person).toMatchObject({ id: 'T0LOCAL:U0BO', userId: 'U0BO', teamId: 'T0LOCAL', barred: null });
  });

  it.each([
    ['U0GUS', 'a guest'],
    ['U0DEE', 'a deactivated account'],
    ['U0EVE', 'from another workspace'],
    ['U0BOT', 'a bot'],
    ['USLACKBOT', 'a bot'],
  ])('%s never counts: %s', async (userId, why) => {
    const person = await people.findPerson(userId);

    expect(person.barred).toBe(why);
  });

  it('are asked for again by whoever does not say that an earlier answer is good enough', async () => {
    await people.findPerson('U0BO');
    await control(world.slack, 'faults', { deactivate: { user: 'U0BO', deleted: true } });
    const soon = await people.findPerson('U0BO', 60_000);

    world.clock.shift(60_001);
    const later = await people.findPerson('U0BO', 60_000);
    await control(world.slack, 'faults', { deactivate: { user: 'U0BO', deleted: false } });
    const atOnce = await people.findPerson('U0BO');

    expect([soon, later, atOnce].map(({ barred }) => barred)).toEqual([null, 'a deactivated account', null]);
  });

  it('fail closed: no answer is an error, and is not remembered', async () => {
    await control(world.slack, 'faults', { fail: { method: 'users.info', times: 10, how: '500' } });

    await expect(people.findPerson('U0BO')).rejects.toMatchObject({ code: 'slack-silent' });

    await control(world.slack, 'faults', { clear: true });
    expect((await people.findPerson('U0BO')).barred).toBeNull();
    await expect(people.findPerson('U0NOBODY')).rejects.toMatchObject({ code: 'people-unknown' });
    await expect(people.listGroup('S0NONE')).rejects.toMatchObject({ code: 'people-unknown' });
  });

  it.each([
    ['cannot be reached', 'slack-silent', async () => await world.slack.close()],
    [
      'answers with trouble of its own',
      'people-unknown',
      async () =>
        await control(world.slack, 'faults', {
          fail: { method: 'users.info', times: 10, how: 'refuse:internal_error' },
        }),
    ],
  ])('a Slack that %s is told apart: %s', async (_what, code, happens) => {
    await happens();

    await expect(people.findPerson('U0BO')).rejects.toMatchObject({ code });
  });

  it('are listed by user group', async () => {
    expect(await people.listGroup('S0ONCALL')).toEqual(expect.arrayContaining(['U0BO', 'U0CY']));
  });
});
