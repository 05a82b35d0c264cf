/** Runs drills in tests: the real world of `npm run drill`, in a directory of its own, stopped at the end. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Procedure } from '../../../src/aurora/cluster.ts';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import { type DrillWorld, startWorld } from '../../../src/drill/world/world.ts';
import type { RestoreEvent } from '../../../src/restore/events.ts';

/** Starts a drill, hands it over, and stops it whatever happens. */
export async function withDrill<T>(
  use: (world: DrillWorld) => Promise<T>,
  options: { procedure?: Procedure; auroraVersion?: string } = {},
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'aurora-drill-test-'));
  const world = await startWorld({
    directory,
    clock: systemClock,
    seed: 'drill',
    slackPort: 0,
    delivery: 'socket',
    say: () => undefined,
    ...options,
  });
  try {
    return await use(world);
  } finally {
    await world.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Calls back for each committed event of the bot's journal, soon after it was committed, until stopped. */
export function followJournal(world: DrillWorld, onEvent: (event: RestoreEvent) => void): { stop(): void } {
  const database = new DatabaseSync(join(world.directory, 'bot', 'state', 'bot.sqlite'), {
    readOnly: true,
    timeout: 5_000,
  });
  const read = database.prepare('select rowid, body from events where rowid > ? order by rowid');
  let last = 0;
  const timer = setInterval(() => {
    for (const row of read.all(last)) {
      last = Number(row['rowid']);
      onEvent(JSON.parse(String(row['body'])) as RestoreEvent);
    }
  }, 5);
  return {
    stop: () => {
      clearInterval(timer);
      database.close();
    },
  };
}
