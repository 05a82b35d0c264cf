/** Saying something to one person only, by whatever way Slack leaves open. */
import type { WebClient } from '@slack/web-api';
import type { Message } from './blocks.ts';
import type { Log } from './log.ts';

/** Sends to the `response_url` of a command or a press. */
export type Respond = (answer: {
  text: string;
  blocks: Message['blocks'][number][];
  response_type: 'ephemeral' | 'in_channel';
  replace_original: boolean;
}) => Promise<unknown>;

export interface Listener {
  readonly userId: string;
  readonly channel: string;
  readonly threadTs: string | null;
  /** Absent for modals and mentions; then the bot has to be in the channel. */
  readonly respond: Respond | null;
  /** It was done on an answer that only this person sees: what `respond` sends may take its place. */
  readonly isOnAnswer?: boolean;
}

/** Never throws: a person who cannot be told is a line in the log, since what they did is done and recorded. */
export async function tellPerson(
  deps: { client: Pick<WebClient, 'chat'>; log: Log },
  listener: Listener,
  message: Message,
): Promise<void> {
  const { userId, channel, threadTs, respond } = listener;
  const content = { text: message.text, blocks: [...message.blocks] };
  const ways: (() => Promise<unknown>)[] = [
    ...(respond === null || threadTs !== null
      ? []
      : [() => respond({ ...content, response_type: 'ephemeral', replace_original: false })]),
    ...(channel === ''
      ? []
      : [
          () =>
            deps.client.chat.postEphemeral({
              ...content,
              channel,
              user: userId,
              ...(threadTs === null ? {} : { thread_ts: threadTs }),
            }),
        ]),
    ...(respond === null
      ? []
      : [() => respond({ ...content, response_type: 'ephemeral', replace_original: false })]),
    () => deps.client.chat.postMessage({ ...content, channel: userId }),
  ];
  for (const way of ways) {
    try {
      await way();
      return;
    } catch (error) {
      deps.log('warn', { err: error, userId, channel }, 'a person could not be told this way');
    }
  }
}
