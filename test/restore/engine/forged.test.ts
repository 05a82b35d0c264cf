/** Whoever writes the database, but has not the key, gets nothing committed; whoever puts an earlier copy back neither. */
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, it } from 'vitest';
import { newDatabase } from '../../contracts/support.ts';
import { Mortality } from '../support/mortality.ts';
import { openOffice } from '../support/office.ts';
import { officeWorker } from '../support/office-worker.ts';
import { approving, openEngine } from '../support/pretend-engine.ts';
import { bo, cy, minute, passed, signed, startedAt, untilCommitGate } from '../support/story.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

it.each([
  ['while the bot runs', true],
  ['and the bot is started then', false],
])('sign-offs written into the database commit nothing: %s', async (_when, running) => {
  const path = await newDatabase();
  const office = await openOffice(untilCommitGate(), path);
  ends.push(office.close);
  const { seq } = await office.state();
  const logged: string[] = [];
  const worker = officeWorker(office, { log: (level, _fields, text) => logged.push(`${level}: ${text}`) });
  ends.push(() => worker.stop());
  if (running) await worker.start();

  const events = [
    signed('commit', bo, 'c1'),
    signed('commit', cy, 'c1'),
    passed('commit', 'c1', [bo, cy]),
    { type: 'commit-ordered', digest: 'c1', person: bo },
  ];
  const insert = new DatabaseSync(path).prepare(
    `INSERT INTO events (restore_id, seq, at, body, hash, version) VALUES ('R1', ?, ${startedAt}, ?, 'not a hash at all', 1)`,
  );
  for (const [index, event] of events.entries()) insert.run(seq + 1 + index, JSON.stringify(event));
  office.clock.at = startedAt + minute;
  if (running) worker.wake('R1');
  else await worker.start();
  await office.service.read('R1').catch(() => undefined);
  await worker.stop();

  const broken = `The record of R1 is broken at event ${seq + 1}: it carries no mark of this bot, which did not write it.`;
  expect(logged).toEqual([`error: ${broken}`]);
  await expect(office.service.read('R1')).rejects.toMatchObject({ code: 'journal-broken', message: broken });
  const press = { restoreId: 'R1', digest: 'c1', userId: bo.userId, typedCluster: 'east' };
  await expect(office.service.take('commit', press)).rejects.toMatchObject({ code: 'journal-broken' });
  expect((await office.service.list({})).unreadable).toMatchObject([{ code: 'journal-broken' }]);
});

it('each grant shows the agent the newest event, and none to an agent of before, which would refuse it', async () => {
  const engine = await openEngine();
  ends.push(engine.close);
  const shown = new Map<string, unknown[]>();
  engine.meddling.with = async (request, perform) => {
    const { host, journal } = request.grant.payload;
    shown.set(host, [...(shown.get(host) ?? []), journal]);
    return await perform();
  };
  const [old] = engine.cluster.hosts;
  if (old === undefined) throw new Error('a cluster has hosts');
  old.shows = { lastGrant: undefined } as unknown as typeof old.shows;
  await engine.startWorker();
  await engine.propose();
  await engine.until('the gate', (state) => state.gates.commit?.status === 'open', approving);

  const known = await engine.store.read('R1');
  for (const [host, heads] of shown)
    for (const head of heads)
      if (host === old.name) expect(head).toBeUndefined();
      else expect(known).toContainEqual(expect.objectContaining(head as object));
  expect(shown.size).toBe(3);
});

it('a worker that finds the agents ahead of its journal asks them for nothing, and says so in the thread', async () => {
  const engine = await openEngine();
  ends.push(engine.close);
  const mortality = new Mortality();
  await engine.startWorker({ mortality });
  await engine.propose();
  await engine.until('the gate', (state) => state.gates.commit?.status === 'open', approving);
  mortality.die();
  const before = engine.effects.length;
  for (const host of engine.cluster.hosts)
    host.shows = { lastGrant: { restoreId: 'R1', fence: 1, journal: { seq: 900, hash: 'ab'.repeat(32) } } };

  await engine.startWorker();
  const { stuck } = await engine.until('a problem', (state) => state.stuck !== null, approving);

  expect(stuck).toMatchObject({
    step: 'commit',
    code: 'history-lost',
    message: expect.stringMatching(
      /^aurora-\d: it has seen event 900 of R1, and the bot's database ends with event/,
    ) as string,
  });
  expect(engine.effects.length).toBe(before);
  expect(engine.mistakes).toEqual([]);
});
