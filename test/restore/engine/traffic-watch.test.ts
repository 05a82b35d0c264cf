/** Somebody opens what the restore has blocked, while people decide. */
import { afterEach, expect, it } from 'vitest';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import { approving, openEngine, type PretendEngine } from '../support/pretend-engine.ts';

let engine: PretendEngine;
afterEach(() => engine.close());

const opened = ({ notices }: RestoreState): readonly string[] =>
  notices.filter(({ code }) => code === 'traffic-open').map(({ message }) => message);

it('the thread and the card say that traffic came open at the commit gate, once, and it goes on when it is blocked', async () => {
  engine = await openEngine();
  await engine.propose();
  await engine.startWorker();
  await engine.until('the commit gate', (state) => state.gates.commit?.status === 'open', approving);
  const [host] = engine.cluster.hosts;
  if (host === undefined) throw new Error('a cluster without hosts');

  host.traffic = 'open';
  const told = await engine.until('the notice', (state) => opened(state).length > 0);
  await engine.until('the card', () => (engine.progress.get('R1') ?? '').includes(host.name));
  host.traffic = 'blocked';
  const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

  expect(opened(told)).toEqual([`Outside traffic to ${host.name} is open although this restore blocked it.`]);
  expect(opened(state)).toEqual(opened(told));
  expect(state.ended?.outcome).toBe('completed');
});
