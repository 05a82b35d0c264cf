import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { serveHealth } from '../../src/cli/health-server.ts';
import { createWatchMetrics } from '../../src/watch/metrics.ts';
import { type Alarm, beginState } from '../../src/watch/state.ts';
import type { Turn } from '../../src/watch/watcher.ts';
import { codeOf } from '../contracts/support.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const alarm = (number: number, changes: Partial<Alarm> = {}): Alarm => ({
  number,
  kind: 'agent-silent',
  subject: `aurora-${number}`,
  sinceMs: 0,
  looks: 3,
  said: { atMs: 1, severity: 'warning', says: 'It is silent.', means: '', next: '' },
  worse: null,
  goneSinceMs: null,
  goneLooks: 0,
  over: null,
  returns: 0,
  snooze: null,
  told: true,
  ...changes,
});

const turn = (alarms: readonly Alarm[], changes: Partial<Turn> = {}): Turn => ({
  cluster: 'east',
  atMs: 60_000,
  observation: {
    atMs: 60_000,
    hosts: [],
    leader: { kind: 'leads', host: null },
    logReplicas: [],
    frameworks: [],
    certificates: [],
    proofs: 'none',
  },
  state: { ...beginState(0), alarms },
  ...changes,
});

async function serve() {
  const registry = new Registry();
  const metrics = createWatchMetrics(registry);
  const server = await serveHealth({ metrics: registry }, { host: '127.0.0.1', port: 0 });
  ends.push(() => server.close());
  const ask = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${server.port}${path}`, init);
  return { metrics, ask, port: server.port, read: async () => (await ask('/metrics')).text() };
}

describe('metrics', () => {
  it('count the alarms that were told and that nobody has snoozed', async () => {
    const { metrics, read } = await serve();
    const snooze = { by: 'U0ANA', reason: 'x', atMs: 0, untilMs: 120_000 };

    metrics.note(
      turn([
        alarm(1),
        alarm(2),
        alarm(3, { snooze }),
        alarm(4, { said: null }),
        alarm(5, { over: { atMs: 2, why: 'cleared' } }),
      ]),
    );

    const text = await read();
    expect(text).toContain('aurora_chatops_agent_silent{cluster="east"} 2');
    expect(text).toContain('aurora_chatops_watch_snoozed{cluster="east",kind="agent-silent"} 1');
    expect(text).toContain('aurora_chatops_backup_late{cluster="east"} 0');
    expect(text).toContain('aurora_chatops_watch_last_look_timestamp_seconds{cluster="east"} 60');
  });

  it('are 0 during a restore, which is told beside them', async () => {
    const { metrics, read } = await serve();

    metrics.note(turn([alarm(1)]));
    metrics.note(turn([alarm(1)], { observation: null, atMs: 120_000 }));

    const text = await read();
    expect(text).toContain('aurora_chatops_agent_silent{cluster="east"} 0');
    expect(text).toContain('aurora_chatops_watch_restore_running{cluster="east"} 1');
    expect(text).toContain('aurora_chatops_watch_last_look_timestamp_seconds{cluster="east"} 60');
  });

  it('are at one path, for reading', async () => {
    const { ask } = await serve();

    const answers = await Promise.all([ask('/'), ask('/metrics', { method: 'POST' }), ask('/metrics?x=1')]);

    expect(answers.map(({ status }) => status)).toEqual([404, 405, 200]);
    expect(answers[2]?.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  });

  it('name an address that is taken', async () => {
    const { port } = await serve();

    expect(await codeOf(serveHealth({ metrics: new Registry() }, { host: '127.0.0.1', port }))).toBe(
      'metrics-address',
    );
  });
});
