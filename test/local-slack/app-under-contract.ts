import { createServer } from 'node:net';
import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { appToken, botToken, signingSecret } from './world.ts';

/** An ordinary Bolt app that uses all of Slack the contract suite is about. Nothing in it knows that Slack is local. */

export interface RunningApp {
  readonly app: App;
  /** Envelope payloads of `app_mention` events, in order. */
  readonly mentions: string[];
  stop(): Promise<void>;
}

const quiet = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

export async function startSocketApp(slackApiUrl: string): Promise<RunningApp> {
  const clientOptions = { slackApiUrl, retryConfig: { retries: 1, minTimeout: 20 } };
  const receiver = new SocketModeReceiver({
    appToken,
    logger: quiet,
    clientPingTimeout: 600,
    installerOptions: { clientOptions },
  });
  const app = new App({
    token: botToken,
    receiver,
    clientOptions,
    logger: quiet,
    deferInitialization: true,
    convoStore: false,
  });
  await app.init();
  const mentions = register(app);
  await app.start();
  return { app, mentions, stop: () => receiver.client.disconnect() };
}

export async function startHttpApp(slackApiUrl: string, port: number): Promise<RunningApp> {
  const app = new App({
    token: botToken,
    signingSecret,
    clientOptions: { slackApiUrl, retryConfig: { retries: 1, minTimeout: 20 } },
    logger: quiet,
    deferInitialization: true,
    convoStore: false,
  });
  await app.init();
  const mentions = register(app);
  await app.start({ port, host: '127.0.0.1' });
  return {
    app,
    mentions,
    stop: async () => {
      await app.stop();
    },
  };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}

const hostNames = ['aurora-1', 'aurora-2', 'aurora-3'];
const tooLong = { value: 'x'.repeat(76), text: { type: 'plain_text' as const, text: 'x' } };
const hostsForm: ModalView = {
  type: 'modal',
  callback_id: 'hosts',
  title: { type: 'plain_text', text: 'Hosts' },
  submit: { type: 'plain_text', text: 'Choose' },
  blocks: [
    {
      type: 'input',
      block_id: 'which',
      label: { type: 'plain_text', text: 'Which hosts' },
      element: { type: 'multi_external_select', action_id: 'hosts', min_query_length: 0 },
    },
  ],
};

function register(app: App): string[] {
  const mentions: string[] = [];

  app.command('/aurora', async ({ command, ack, say, client, respond }) => {
    const { channel_id: channel, user_id: user } = command;
    switch (command.text) {
      case 'leader':
        return await ack({ text: '*aurora-2* leads `east`' });
      case 'string':
        return await ack('just a string');
      case 'share':
        return await ack({ response_type: 'in_channel', text: 'shared' });
      case 'silent':
        return;
      case 'broken':
        return await ack({ blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '' } }] });
      case 'later':
        await ack();
        await respond({ text: 'told you later' });
        return;
      case 'whisper':
        await ack();
        await client.chat.postEphemeral({ channel, user, text: 'only you' });
        return;
      case 'card':
        await ack();
        await say({
          text: 'A card',
          blocks: [
            { type: 'section', block_id: 'facts', text: { type: 'mrkdwn', text: 'A *card*' } },
            {
              type: 'actions',
              block_id: 'act',
              elements: [
                {
                  type: 'button',
                  action_id: 'approve',
                  style: 'primary',
                  value: 'R1:1',
                  text: { type: 'plain_text', text: 'Approve' },
                  confirm: {
                    title: { type: 'plain_text', text: 'Sure?' },
                    text: { type: 'plain_text', text: 'Schedulers stop.' },
                    confirm: { type: 'plain_text', text: 'Stop them' },
                    deny: { type: 'plain_text', text: 'Not now' },
                  },
                },
                {
                  type: 'button',
                  action_id: 'decline',
                  text: { type: 'plain_text', text: 'Decline…' },
                },
                {
                  type: 'static_select',
                  action_id: 'cluster',
                  placeholder: { type: 'plain_text', text: 'Cluster' },
                  options: ['east', 'west'].map((name) => ({
                    value: name,
                    text: { type: 'plain_text' as const, text: name },
                  })),
                },
                { type: 'external_select', action_id: 'backup', min_query_length: 0 },
              ],
            },
          ],
        });
        return;
      case 'hosts':
        await ack();
        await client.views.open({ trigger_id: command.trigger_id, view: hostsForm });
        return;
      case 'upload':
        await ack();
        await client.files.uploadV2({
          channel_id: channel,
          initial_comment: 'Full list attached',
          filename: 'tasks.txt',
          content: 'one\ntwo\n',
        });
        return;
      default:
        return await ack(`unknown: ${command.text}`);
    }
  });

  app.action('approve', async ({ ack, respond, body }) => {
    await ack();
    await respond({ replace_original: true, text: `Approved by <@${body.user.id}>` });
  });

  app.action('cluster', async ({ ack, respond, action }) => {
    await ack();
    const chosen = action.type === 'static_select' ? action.selected_option.value : 'nothing';
    await respond({ text: `chose ${chosen}` });
  });

  app.options('backup', async ({ ack, options }) => {
    await ack({
      options: [{ value: 'b-1', text: { type: 'plain_text', text: `backup ${options.value}` } }],
    });
  });

  app.action('backup', async ({ ack, respond, action }) => {
    await ack();
    if (action.type === 'external_select') await respond({ text: `took ${action.selected_option?.value}` });
  });

  app.options('hosts', async ({ ack, options }) => {
    const found = hostNames.filter((name) => name.includes(options.value));
    const offered = found.map((name) => ({ value: name, text: { type: 'plain_text' as const, text: name } }));
    if (options.value === 'too long') return await ack({ options: offered.concat(tooLong) });
    if (found.length === hostNames.length)
      return await ack({
        option_groups: [{ label: { type: 'plain_text', text: 'All hosts' }, options: offered }],
      });
    await ack({ options: offered });
  });

  app.view('hosts', async ({ ack, view, client, body }) => {
    await ack();
    const chosen = view.state.values.which?.hosts?.selected_options?.map(({ value }) => value) ?? [];
    await client.chat.postMessage({
      channel: 'C0OPS',
      text: `<@${body.user.id}> chose ${chosen.join(', ')}`,
    });
  });

  app.action('decline', async ({ ack, body, client }) => {
    await ack();
    if (body.type !== 'block_actions') return;
    await client.views.open({
      trigger_id: body.trigger_id,
      view: {
        type: 'modal',
        callback_id: 'reason',
        private_metadata: `${body.channel?.id} ${body.message?.ts}`,
        notify_on_close: true,
        title: { type: 'plain_text', text: 'Decline' },
        submit: { type: 'plain_text', text: 'Decline' },
        blocks: [
          {
            type: 'input',
            block_id: 'why',
            label: { type: 'plain_text', text: 'Reason' },
            element: { type: 'plain_text_input', action_id: 'text', min_length: 3 },
          },
        ],
      },
    });
  });

  app.view('reason', async ({ ack, view, client, body }) => {
    const reason = view.state.values.why?.text?.value ?? '';
    if (reason === 'because') return await ack({ response_action: 'errors', errors: { why: 'Say more.' } });
    if (reason === 'push')
      return await ack({
        response_action: 'push',
        view: {
          type: 'modal',
          title: { type: 'plain_text', text: 'Really?' },
          blocks: [{ type: 'divider' }],
        },
      });
    await ack();
    const [channel = '', ts = ''] = view.private_metadata.split(' ');
    await client.chat.update({ channel, ts, text: `Declined by <@${body.user.id}>: ${reason}`, blocks: [] });
  });

  app.view({ callback_id: 'reason', type: 'view_closed' }, async ({ ack, view, client, body }) => {
    await ack();
    const [channel = ''] = view.private_metadata.split(' ');
    await client.chat.postEphemeral({ channel, user: body.user.id, text: 'Nothing was declined.' });
  });

  app.event('app_mention', async ({ event, say }) => {
    mentions.push(event.text);
    await say({ text: 'I am here', thread_ts: event.thread_ts ?? event.ts });
  });

  return mentions;
}
