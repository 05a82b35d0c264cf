/** Two workers as two processes on one PostgreSQL: the second one goes on when the first one dies, or stands still. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, it } from 'vitest';
import { eventForm } from '../../src/restore/record/events.ts';
import type { PostgresPlace } from '../../src/store/postgres-dialect.ts';
import { openPostgresStore } from '../../src/store/postgres-store.ts';
import { bo, signed, startedAt, untilStopGate } from '../restore/support/story.ts';
import { testKey } from '../support/journal-key.ts';
import { closeSharedPostgres, newPostgresPlace } from '../support/postgres-place.ts';

const ends: (() => Promise<unknown>)[] = [];
afterAll(closeSharedPostgres);
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const program = fileURLToPath(new URL('support/worker-on-postgres.ts', import.meta.url));

interface Worker {
  readonly process: ChildProcess;
  readonly said: readonly string[];
  /** Once it has said something like that after its first `from` lines; throws with all it said when it does not in 30 s. */
  says(pattern: RegExp, from?: number): Promise<void>;
}

function startWorker(place: PostgresPlace): Worker {
  const child = spawn(process.execPath, [program, JSON.stringify(place)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => said.push(line));
  const closed = once(lines, 'close');
  ends.push(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  return {
    process: child,
    said,
    says: async (pattern, from = 0) => {
      const tooLate = AbortSignal.timeout(30_000);
      const over = Promise.withResolvers<never>();
      const fail = () => over.reject(new Error(`it has not said ${pattern}, but ${JSON.stringify(said)}`));
      tooLate.addEventListener('abort', fail);
      lines.once('close', fail);
      while (!said.slice(from).some((line) => pattern.test(line)))
        await Promise.race([once(lines, 'line'), over.promise]);
      tooLate.removeEventListener('abort', fail);
      lines.off('close', fail);
    },
  };
}

/** A restore that comes to its first gate, which the first worker has and the second one waits for; and somebody who decides. */
async function twoWorkers() {
  const { place } = await newPostgresPlace();
  const store = await openPostgresStore(place, { form: eventForm, key: testKey });
  ends.push(() => store.close());
  const [first, ...events] = untilStopGate().slice(0, -1);
  if (first === undefined) throw new Error('a restore begins with its proposal');
  const entry = { restoreId: 'R1', at: startedAt };
  await store.open({ ...entry, cluster: 'east', event: first });
  await store.append({ ...entry, expectedSeq: 1, events });
  const one = startWorker(place);
  await one.says(/^wrote gate-opened$/);
  const two = startWorker(place);
  await two.says(/^waits$/);
  const signIt = async () => {
    const last = (await store.read('R1')).at(-1);
    if (last?.event.type !== 'gate-opened')
      throw new Error('the gate is open, and nothing else has happened');
    const events = [signed('stop', bo, last.event.digest)];
    await store.append({ ...entry, expectedSeq: last.seq, events });
  };
  const wrote = ({ said }: Worker) => said.filter((line) => line.startsWith('wrote'));
  return { store, one, two, signIt, wrote };
}

it('goes on with what a dead one had, under a higher fence, with what a third bot has decided', async () => {
  const { one, two, signIt, wrote } = await twoWorkers();

  one.process.kill('SIGKILL');
  await once(one.process, 'exit');
  await two.says(/^has fence 2$/);
  await signIt();
  await two.says(/^wrote gate-passed/);

  expect(wrote(one)).toEqual(['wrote gate-opened']);
});

it('lets one that stood still write nothing once it goes on again', async () => {
  const { store, one, two, signIt, wrote } = await twoWorkers();

  one.process.kill('SIGSTOP');
  await two.says(/^has fence 2$/);
  await signIt();
  await two.says(/^wrote gate-passed/);
  const before = one.said.length;
  one.process.kill('SIGCONT');
  await one.says(/^waits$/, before);

  expect(wrote(one)).toEqual(['wrote gate-opened']);
  const passed = (await store.read('R1')).filter(({ event }) => event.type === 'gate-passed');
  expect(passed).toHaveLength(1);
});
