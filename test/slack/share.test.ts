/** What a form has done is told to everybody in the channel that it was opened in: Slack gives a form no address to answer at. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { message, section } from '../../src/slack/blocks.ts';
import { conversation } from '../../src/slack/converse.ts';
import { Reception } from '../../src/slack/reception.ts';
import { createAskingClient } from '../../src/slack/web-client.ts';
import { botToken, control } from '../local-slack/world.ts';
import { type SlackWorld, startSlackWorld } from './support/slack-world.ts';

let world: SlackWorld;
beforeEach(async () => {
  world = await startSlackWorld();
});
afterEach(async () => {
  await world.close();
});

const share = async (channel: string): Promise<void> => {
  const { slack, log, clock, store } = world;
  const client = createAskingClient({ botToken, apiUrl: slack.apiUrl, log });
  const people = { findPerson: () => Promise.reject(new Error('nobody is asked')) };
  const reception = new Reception({ client, inbox: store, clock, log, people });
  const form = conversation(reception, { userId: 'U0BO', channel, threadTs: null, respond: null });
  await form.share(message([section('It is done.')]));
};
const toldAlone = async () =>
  z
    .object({ messages: z.array(z.object({ plain: z.string() })) })
    .parse(await control(world.slack, 'users/U0BO/ephemerals')).messages;

it('in the channel, for all', async () => {
  await share('C0OPS');

  expect(await world.channelTexts()).toEqual(['It is done.']);
  expect(await toldAlone()).toEqual([]);
});

it('to whoever sent it, where the bot may not post', async () => {
  await control(world.slack, 'faults', {
    fail: { method: 'chat.postMessage', times: 3, how: 'refuse:not_in_channel' },
  });

  await share('C0OPS');

  expect(await world.channelTexts()).toEqual([]);
  expect(await toldAlone()).toMatchObject([{ plain: 'It is done.' }]);
});
