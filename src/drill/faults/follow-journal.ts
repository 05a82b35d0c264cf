/** Follows the bot's journal from outside, read-only: each event soon after it was committed. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { RestoreEvent } from '../../restore/record/events.ts';

const lookEveryMs = 5;
const busyMs = 5_000;

/** Calls back for what is written from now on, in order, until stopped. */
export function followJournal(
  worldDirectory: string,
  onEvent: (event: RestoreEvent) => void,
): { stop(): void } {
  const file = join(worldDirectory, 'bot', 'state', 'bot.sqlite');
  const database = new DatabaseSync(file, { readOnly: true, timeout: busyMs });
  const read = database.prepare('select rowid, body from events where rowid > ? order by rowid');
  let last = Number(database.prepare('select coalesce(max(rowid), 0) as last from events').get()?.['last']);
  const timer = setInterval(() => {
    for (const row of read.all(last)) {
      last = Number(row['rowid']);
      // The bot's own writing: the shapes are those of its events.
      onEvent(JSON.parse(String(row['body'])) as RestoreEvent);
    }
  }, lookEveryMs);
  return {
    stop: () => {
      clearInterval(timer);
      database.close();
    },
  };
}
