/** The thread as it grew, for a terminal and for the golden file. */
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

/**
 * What differs from run to run becomes a word, so that transcripts of two runs are equal: instants, durations, sizes,
 * digests, hashes, directories, addresses, and which host happened to be elected. Counts of tasks and hosts stay.
 */
export function normaliseTranscript(text: string): string {
  return withoutElected(withoutCardBody(text))
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
    .replace(/\b[0-9a-f]{8}…/g, '<sha256>')
    .replace(/R1-\d+\.(\d-\w+)-[0-9a-f]{12}\./g, 'R1-<event>.$1-<journal>.')
    .replace(/\b[0-9a-f]{4}-[0-9a-f]{4}\b/g, '<digest>')
    .replace(/scheduler-backup-\d{4}-\d\d-\d\d-\d\d-\d\d/g, 'scheduler-backup-<minute>')
    .replace(/\b\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?/g, '<day>')
    .replace(/\b\d{1,2}:\d\d(:\d\d)?\b/g, '<time>')
    .replace(/\/[^\s]*\/hosts\//g, '<drill>/hosts/')
    .replace(/\b127\.\d+\.\d+\.\d+(:\d+)?/g, '<address>')
    .replace(/\b\d+(\.\d+)? ([kMGT]B|bytes)\b/g, '<size>')
    .replace(/\b\d+ (ms|s|min|h|d)\b( \d+ (min|h)\b)?/g, '<span>')
    .replace(/[ \t]+$/gm, '');
}

/** Any host may be elected, each time. Hosts that are named for another reason stay. */
function withoutElected(text: string): string {
  return text
    .replace(/aurora-\d( leads| said OK| is elected)/g, '<elected>$1')
    .replace(/( leads \S+ \()aurora-\d:/g, '$1<elected>:')
    .replace(/Staged on aurora-\d/g, 'Staged on <elected>')
    .replace(/Standing by: aurora-\d, aurora-\d/g, 'Standing by: <the other two>');
}

/** The card is edited in place: how far the restore had come when its first version was posted is chance. */
function withoutCardBody(text: string): string {
  if (!/^# Restore of \S+ proposed by/.test(text) || text.includes('\n  Ended at')) return text;
  const [first = ''] = text.split('\n');
  return `${first}\n  <where it stands>`;
}
