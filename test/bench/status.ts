import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { tellStatus } from '../../commands/status.ts';
import { eventForm, type RestoreEvent } from '../../src/restore/record/events.ts';
import { foldJournal } from '../../src/restore/record/fold.ts';
import { listRestores } from '../../src/restore/service/list.ts';
import type { Conversation } from '../../src/slack/conversation.ts';
import { endedMax } from '../../src/slack/messages/status.ts';
import { openSqliteStore, type Store } from '../../src/store/store.ts';
import { bo, proposed } from '../restore/support/story.ts';
import { testKey } from '../support/journal-key.ts';

interface StatusBench {
  readonly restores: number;
  readonly events: number;
  /** Of `/aurora status`, median of many, in a process that has just opened the database and asked once. */
  readonly ms: number;
  /** Of the first one. */
  readonly firstMs: number;
  /** Longest stall of the loop while they were asked. */
  readonly stallMsMax: number;
  readonly rssMb: number;
  /** The first one after an upgrade, when every journal is replayed to make its summary. */
  readonly upgradeMs: number;
  /** What is measured against: all journals folded for each answer, as before. */
  readonly foldedMs: number;
}

const eventsOfEach = 161;

/** Measures `/aurora status` with that many ended restores of 161 events each, in a process of its own. */
export async function benchStatus(restores = 1_000): Promise<StatusBench> {
  const child = fork(fileURLToPath(import.meta.url), [String(restores)], { serialization: 'advanced' });
  const [message] = (await once(child, 'message')) as [StatusBench];
  await once(child, 'exit');
  return message;
}

async function measure(restores: number): Promise<StatusBench> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-status-'));
  const path = join(directory, 'bot.sqlite');
  const open = () => openSqliteStore(path, { form: eventForm, key: testKey });
  try {
    const writer = await open();
    for (let number = 1; number <= restores; number += 1) await writeRestore(writer, number);
    await writer.close();

    const upgraded = await open();
    const upgradeMs = await timed(() => listRestores(upgraded, {}));
    await upgraded.close();

    const store = await open();
    let told = 0;
    const conversation = {
      tell: () => {
        told += 1;
        return Promise.resolve();
      },
    };
    const ask = async () =>
      await tellStatus(
        {
          outbox: { ...nowhere, linkOf: () => Promise.resolve(null), shutOutOf: () => null },
          clock: { now: () => restores * 1_000, sleep: () => Promise.resolve() },
        },
        {
          conversation: conversation as Partial<Conversation> as Conversation,
          ...(await listRestores(store, { endedMax })),
          cluster: null,
        },
      );
    const stall = watchLoop();
    const firstMs = await timed(ask);
    const times: number[] = [];
    for (let count = 0; count < 50; count += 1) times.push(await timed(ask));
    const stallMsMax = stall.stop();
    const rssMb = Math.round(process.memoryUsage.rss() / 1e6);
    const foldedMs = await timed(async () => {
      for (const { restoreId } of await store.listRestores({})) foldJournal(await store.read(restoreId));
    });
    await store.close();
    if (told !== 51) throw new Error(`told ${told} times`);
    const ms = times.toSorted((a, b) => a - b)[25] ?? 0;
    const events = restores * eventsOfEach;
    return { restores, events, ms, firstMs, stallMsMax, rssMb, upgradeMs, foldedMs };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** As it is written while it goes on: an end, and before it what people asked and were refused. */
async function writeRestore(store: Store<RestoreEvent>, number: number): Promise<void> {
  const restoreId = `R${number}`;
  const at = number * 1_000;
  await store.open({
    restoreId,
    cluster: `c${number % 10}`,
    at,
    event: proposed(),
  });
  const asked = Array.from({ length: eventsOfEach - 2 }, (_, index): RestoreEvent => {
    const message = `It is not the time for that (${number}, ${index}).`;
    return { type: 'refused', person: bo, what: 'to commit', code: 'gate-not-open', message };
  });
  const end: RestoreEvent = { type: 'restore-ended', outcome: 'undone', message: 'All is back.' };
  // Without a summary, as bots of before have left it.
  await store.append({ restoreId, expectedSeq: 1, at, events: [...asked, end], ends: true });
}

/** The longest time for which nothing else could run. */
function watchLoop(): { stop(): number } {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  return {
    stop: () => {
      delays.disable();
      return Math.round(delays.max / 1e6);
    },
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return Math.round((performance.now() - startedAt) * 10) / 10;
}

const nowhere = { findRestore: () => Promise.resolve(null), hasOffered: () => Promise.resolve(false) };

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const measured = await measure(Number(process.argv[2] ?? 1_000));
  if (process.send === undefined) process.stdout.write(`${JSON.stringify(measured)}\n`);
  else process.send(measured);
}
