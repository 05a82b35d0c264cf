/** An event of a version to come, or one that cannot follow: its restore stands still, and the others go on. */
import { afterEach, expect, it } from 'vitest';
import { newDatabase } from '../../contracts/support.ts';
import { appendUnknown } from '../../support/newer-version.ts';
import { openOffice } from '../support/office.ts';
import { officeWorker } from '../support/office-worker.ts';
import { approving, openEngine } from '../support/pretend-engine.ts';
import { bo, startedAt, untilStopGate } from '../support/story.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** `R1` of `east`, whose newest event nobody knows, beside `R2` of `west`, whose stop gate is about to expire. */
async function openBoth() {
  const path = await newDatabase();
  const office = await openOffice(untilStopGate(), path);
  ends.push(office.close);
  const { store } = office;
  const [proposed, ...rest] = untilStopGate();
  if (proposed?.type !== 'restore-proposed') throw new Error('a story begins with a proposal');
  await store.open({
    restoreId: 'R2',
    cluster: 'west',
    at: startedAt,
    event: { ...proposed, cluster: 'west' },
  });
  await store.append({ restoreId: 'R2', expectedSeq: 1, at: startedAt, events: rest });
  const { seq } = await office.state();
  appendUnknown(path, { restoreId: 'R1', afterSeq: seq, at: startedAt });
  return { office, seq };
}

const message = (seq: number) =>
  `Event ${seq} of R1 cannot be read: its type is "moon-seen", which this version does not know.`;

it('the worker leaves it alone and says why once, while another restore goes on', async () => {
  const { office, seq } = await openBoth();
  const logged: string[] = [];
  const worker = officeWorker(office, { log: (level, _fields, text) => logged.push(`${level}: ${text}`) });
  ends.push(() => worker.stop());
  office.clock.at = startedAt + 31 * 60_000;

  const ended = Promise.withResolvers<void>();
  office.store.onAppend(() => {
    void office.service.read('R2').then((state) => state?.ended != null && ended.resolve());
  });
  await worker.start();
  await ended.promise;
  await worker.stop();

  expect(logged).toEqual([`error: ${message(seq + 1)}`]);
  expect((await office.service.read('R2'))?.ended?.outcome).toBe('expired');
});

it('nobody can decide about it, and the list names it with the others', async () => {
  const { office, seq } = await openBoth();
  const refusal = { code: 'journal-unreadable', message: message(seq + 1) };

  const vote = office.service.take('sign-off', {
    restoreId: 'R1',
    gate: 'stop',
    digest: 'd1',
    userId: bo.userId,
    comment: '',
  });
  const listed = await office.service.list({});

  await expect(vote).rejects.toMatchObject(refusal);
  await expect(office.service.read('R1')).rejects.toMatchObject(refusal);
  expect(listed.restores.map(({ restoreId }) => restoreId)).toEqual(['R2']);
  expect(listed.unreadable).toMatchObject([{ restoreId: 'R1', ...refusal }]);
});

it('so does an event that is known and cannot follow', async () => {
  const office = await openOffice(untilStopGate());
  ends.push(office.close);
  const { seq } = await office.state();
  await office.store.append({
    restoreId: 'R1',
    expectedSeq: seq,
    at: startedAt,
    events: [{ type: 'resume-ordered', person: bo }],
  });

  await expect(office.service.read('R1')).rejects.toMatchObject({
    code: 'journal-unreadable',
    message: expect.stringContaining(`Event ${seq + 1} of R1 cannot be read: it is not paused.`) as string,
  });
});

it('a document that cannot be read stops the step that needs it, in words, and nothing is guessed', async () => {
  const engine = await openEngine();
  ends.push(engine.close);
  await engine.startWorker();
  await engine.propose();
  const gate = await engine.until('the gate', (state) => state.gates.commit?.status === 'open', approving);
  const name = gate.facts['summarise-staged']?.blast.document ?? '';
  await engine.store.save({ restoreId: 'R1', name, text: '{"killed":7}', version: 1 });

  const { stuck } = await engine.until('a problem', (state) => state.stuck !== null, approving);

  expect(stuck).toMatchObject({
    step: 'commit',
    code: 'document-unreadable',
    message: expect.stringContaining(
      `The document "${name}" of R1 cannot be read: it has no list killed`,
    ) as string,
    hint: expect.stringContaining('look again') as string,
  });
  expect(engine.mistakes).toEqual([]);
});
