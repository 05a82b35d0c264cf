/** The thread as it grew, for a terminal. */
import { z } from 'zod';
import { drillUsers, incidentChannel } from '../world/cast.ts';

const feedSchema = z.object({
  next: z.number(),
  events: z.array(
    z.looseObject({
      type: z.string(),
      user: z.string().optional(),
      message: z
        .looseObject({
          ts: z.string(),
          thread_ts: z.string().optional(),
          user: z.string().optional(),
          plain: z.string(),
        })
        .optional(),
      channel: z.string().optional(),
    }),
  ),
});

interface Line {
  readonly place: 'channel' | 'thread' | 'only';
  /** Who sees an `only`. */
  readonly to: string | null;
  readonly text: string;
}

/** Follows a channel of the local Slack until it is stopped; calls back for every new message, in order. */
function followChannel(options: {
  url: string;
  channel: string;
  nameOf: (userId: string) => string;
  onLine: (line: Line) => void;
}): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const follow = async (): Promise<void> => {
    for (let after = 0; ; ) {
      const last = stopping.signal.aborted;
      const query = `after=${after}&timeout_ms=${last ? 0 : 500}&types=message_posted,ephemeral_posted`;
      const response = await fetch(`${options.url}/control/events?${query}`);
      const { events, next } = feedSchema.parse(await response.json());
      after = next;
      for (const event of events) {
        if (event.channel !== options.channel || event.message === undefined) continue;
        const only = event.type === 'ephemeral_posted';
        options.onLine({
          place: only ? 'only' : event.message.thread_ts === undefined ? 'channel' : 'thread',
          to: only ? options.nameOf(event.user ?? '') : null,
          text: event.message.plain,
        });
      }
      if (last) return;
    }
  };
  const following = follow();
  return {
    stop: async () => {
      stopping.abort();
      await following;
    },
  };
}

/** Prints each message of the incident channel as it appears, until it is stopped. */
export function printChannel(
  { slack }: { slack: { readonly url: string } },
  print: (text: string) => void,
): { stop(): Promise<void> } {
  const names = new Map(drillUsers.map((user) => [user.id, `@${user.name}`]));
  return followChannel({
    url: slack.url,
    channel: incidentChannel.id,
    nameOf: (userId) => names.get(userId) ?? userId,
    onLine: (line) => print(formatLine(line)),
  });
}

/** One message as the terminal shows it: a mark for the place, the text indented below it. */
export function formatLine(line: Line): string {
  const mark = { channel: '#', thread: '└', only: `(only ${line.to ?? ''} sees)` }[line.place];
  const [first = '', ...rest] = line.text.split('\n');
  const indent = line.place === 'channel' ? '  ' : '    ';
  const head = line.place === 'channel' ? `${mark} ${first}` : `  ${mark} ${first}`;
  return [head, ...rest.map((text) => `${indent}${text}`)].join('\n');
}
