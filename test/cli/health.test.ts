/** The address at which a bot says whether it lives, what it lacks, and its metrics. */
import { afterEach, describe, expect, it } from 'vitest';
import { serveHealth } from '../../src/cli/health-server.ts';
import { createRegistry, measureReadiness } from '../../src/cli/program-metrics.ts';
import { createReadiness } from '../../src/cli/readiness.ts';
import { FakeClock } from '../restore/support/fake-clock.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function serve(changes: { hears?: boolean; works?: boolean; write?: () => Promise<unknown> } = {}) {
  const clock = new FakeClock(0);
  let writes = 0;
  const readiness = createReadiness({
    writeStore: async () => {
      writes += 1;
      await changes.write?.();
    },
    hearsSlack: () => changes.hears ?? true,
    works: () => changes.works ?? true,
    clock,
    warn: () => undefined,
  });
  const metrics = createRegistry('bot', '1.2.3');
  measureReadiness(metrics, readiness);
  const { port, close } = await serveHealth({ metrics, readiness }, { host: '127.0.0.1', port: 0 });
  ends.push(close);
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, text: await response.text() };
  };
  return { ask, clock, writes: () => writes };
}

const ready = { status: 200, text: '{"ready":true,"missing":[]}\n' };

describe('/readyz', () => {
  it('is 200 when nothing is missing', async () => {
    const { ask } = await serve();

    expect(await ask('/readyz')).toEqual(ready);
  });

  it('names all that is missing, in sentences', async () => {
    const { ask } = await serve({
      hears: false,
      works: false,
      write: () => Promise.reject(new Error('/secret/path is full')),
    });

    const { status, text } = await ask('/readyz');

    expect(status).toBe(503);
    expect(JSON.parse(text)).toEqual({
      ready: false,
      missing: [
        { part: 'store', says: 'The database takes no write. The log of the bot says why.' },
        { part: 'slack', says: 'Slack does not deliver to the bot.' },
        { part: 'worker', says: 'The worker has not taken up the open restores yet, or has stopped.' },
      ],
    });
  });

  it('waits two seconds for a database that says nothing', async () => {
    const { ask, clock } = await serve({ write: () => new Promise(() => undefined) });

    const asked = ask('/readyz');
    while (!clock.advance(2_000)) await new Promise((next) => setImmediate(next));

    expect((await asked).text).toContain('has not taken a write for 2 seconds');
  });

  it('writes once for all who ask within five seconds, also by the metrics', async () => {
    const { ask, clock, writes } = await serve();

    await Promise.all([ask('/readyz'), ask('/readyz'), ask('/metrics'), ask('/readyz')]);
    const early = writes();
    clock.pass(5_000);
    await ask('/readyz');

    expect([early, writes()]).toEqual([1, 2]);
  });
});

it('/healthz says that the event loop turns, whatever is missing', async () => {
  const { ask } = await serve({ hears: false });

  expect(await ask('/healthz')).toEqual({ status: 200, text: '{"ok":true}\n' });
});

it('/metrics has the version, each part that the bot needs, and the process', async () => {
  const { ask } = await serve({ hears: false });

  const { text } = await ask('/metrics');

  expect(text).toContain('aurora_chatops_info{program="bot",version="1.2.3"} 1');
  expect(text).toContain('aurora_chatops_bot_ready{part="store"} 1');
  expect(text).toContain('aurora_chatops_bot_ready{part="slack"} 0');
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
});

it('what is nowhere names what there is', async () => {
  const { ask } = await serve();

  expect(await ask('/constructor')).toEqual({
    status: 404,
    text: 'Here are /healthz, /metrics, /readyz.\n',
  });
});
