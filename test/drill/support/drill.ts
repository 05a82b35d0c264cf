/** Runs drills in tests: the real world of `npm run drill`, in a directory of its own, stopped at the end. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Procedure } from '../../../src/aurora/cluster.ts';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import type { HostKind } from '../../../src/drill/hosts/drill-hosts.ts';
import type { SigningKind } from '../../../src/drill/signing/key-ring.ts';
import type { ConfigOverrides } from '../../../src/drill/world/config-files.ts';
import { type DrillWorld, startWorld } from '../../../src/drill/world/world.ts';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';

interface DrillOptions {
  readonly procedure?: Procedure;
  readonly auroraVersion?: string;
  readonly overrides?: ConfigOverrides;
  readonly hosts?: HostKind;
  readonly signing?: SigningKind;
  readonly lostLogs?: boolean;
}

/** Starts a drill; `stop` ends it and takes its directory away. */
export async function openDrill(
  options: DrillOptions = {},
): Promise<{ world: DrillWorld; stop: () => Promise<void> }> {
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
  const stop = async (): Promise<void> => {
    await world.stop();
    await rm(directory, { recursive: true, force: true });
  };
  return { world, stop };
}

/** Starts a drill, hands it over, and stops it whatever happens. */
export async function withDrill<T>(
  use: (world: DrillWorld) => Promise<T>,
  options: DrillOptions = {},
): Promise<T> {
  const { world, stop } = await openDrill(options);
  try {
    return await use(world);
  } finally {
    await stop();
  }
}

/** Every committed event of the bot's journal, of all restores in order. */
export function readJournal(world: DrillWorld): RestoreEvent[] {
  const database = new DatabaseSync(journalOf(world), { readOnly: true, timeout: 5_000 });
  try {
    const rows = database.prepare('select body from events order by rowid').all();
    return rows.map((row) => JSON.parse(String(row['body'])) as RestoreEvent);
  } finally {
    database.close();
  }
}

/** Calls back for each committed event of the bot's journal, soon after it was committed, until stopped. */
export function followJournal(world: DrillWorld, onEvent: (event: RestoreEvent) => void): { stop(): void } {
  const database = new DatabaseSync(journalOf(world), { readOnly: true, timeout: 5_000 });
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

function journalOf(world: DrillWorld): string {
  return join(world.directory, 'bot', 'state', 'bot.sqlite');
}
