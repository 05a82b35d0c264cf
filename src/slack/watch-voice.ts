/** The watch's way into Slack: one message for each alarm, found again after a crash, edited when something became of it. */
import type { WebClient } from '@slack/web-api';
import type { PostLedger } from '../aurora/outbox.ts';
import { watchName } from '../aurora/watch.ts';
import type { Voice } from '../watch/watcher.ts';
import type { Log } from './log.ts';
import { renderAlarm, renderOver, renderWorse } from './messages/alarm.ts';
import { type Address, Poster } from './post.ts';

/** Throws what Slack threw; then nothing is said twice when it is tried again. */
export function createWatchVoice(deps: { client: WebClient; ledger: PostLedger; log: Log }): Voice {
  const poster = new Poster(deps);
  return {
    tell: async ({ cluster, channel, watchId, alarm, now }) => {
      const { said, worse, over, number } = alarm;
      if (said === null) return;
      const address = (name: string, threadTs: string | null): Address => ({
        key: alarmKey(cluster, watchId, name),
        mark: `${alarmKey(cluster, watchId, name)} ${watchId}`,
        restoreId: watchName(cluster),
        channel,
        threadTs,
        sinceMs: said.atMs,
      });
      const told = { cluster, alarm: { ...alarm, said } };
      const { ts } = await poster.put(address(`${number}`, null), renderAlarm(told, now));
      if (worse !== null) await poster.put(address(`${number}.worse`, ts), renderWorse(worse));
      // Who silenced it is not told that it is over; the message itself says so.
      if (over?.why === 'cleared' && alarm.snooze === null)
        await poster.put(address(`${number}.over`, ts), renderOver(told, over.atMs));
    },
  };
}

/** Whether this message of ours is the one of that alarm. */
export async function isMessageOf(
  ledger: Pick<PostLedger, 'findPostAt'>,
  message: { readonly channel: string; readonly ts: string } | null,
  { cluster, watchId, number }: { cluster: string; watchId: string; number: number },
): Promise<boolean> {
  const post = message === null ? null : await ledger.findPostAt(message);
  return post?.key === alarmKey(cluster, watchId, `${number}`);
}

/** A watch that began anew counts from 1 again, and must not take an earlier one's message for its own. */
function alarmKey(cluster: string, watchId: string, name: string): string {
  return `${watchName(cluster)}:${watchId.slice(0, 8)}.${name}`;
}
