/** Searching in what is staged: the document is read once, however often somebody types. */
import { expect, it } from 'vitest';
import type { Documents } from '../../../src/aurora/journal.ts';
import type { TaskRow } from '../../../src/aurora/tasks.ts';
import { keepStagedTasks } from '../../../src/restore/looks/staged-tasks.ts';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import { createStagedIndexes } from '../../../src/restore/service/staged-indexes.ts';
import { offerJobs, offerTasks } from '../../../src/slack/decisions/leave-out-options.ts';
import { sortTasks } from '../../../src/streams/task-spools.ts';
import { openStore } from '../../contracts/support.ts';
import { recordsOf, staged, statesOf } from '../../slack/support/whole-story.ts';

const tasksMany = 20_000;

function* rows(): Generator<TaskRow> {
  for (let nth = 0; nth < tasksMany; nth += 1) {
    const name = `web${nth % 1_000}`;
    const jobKey = { role: 'www', environment: 'prod', name };
    yield { taskId: `www-prod-${name}-${nth}-0f3a`, jobKey, instanceId: nth, status: 'RUNNING' };
  }
}

/** Documents that count how often they are read. */
async function counted() {
  const store = await openStore(':memory:');
  await keepStagedTasks(store, { restoreId: 'R1', document: 'staged-tasks', rows: await sortTasks(rows()) });
  const reads: string[] = [];
  const documents: Pick<Documents, 'load'> = {
    load: async (restoreId, name) => {
      reads.push(`${restoreId} ${name}`);
      return await store.load(restoreId, name);
    },
  };
  return { documents, reads };
}

function stateOf(restoreId: string, stagedSetDigest = 'one'): RestoreState {
  const state = statesOf(recordsOf(staged)).at(-1);
  const summary = state?.facts['summarise-staged'];
  if (state === undefined || summary === undefined) throw new Error('the story has a summary');
  return {
    ...state,
    restoreId,
    facts: { ...state.facts, 'summarise-staged': { ...summary, stagedSetDigest } },
  };
}

it('what is typed letter by letter reads the document once', async () => {
  const { documents, reads } = await counted();
  const indexes = createStagedIndexes(documents);
  const { jobs } = await indexes.of(stateOf('R1'));
  const readsOnce = reads.length;

  const offers = [];
  for (const typed of ['', 'w', 'we', 'web77', 'web777', 'web777 -19777-']) {
    const { tasks } = await indexes.of(stateOf('R1'));
    offers.push([(await offerTasks(tasks, typed)).options.length, offerJobs(jobs, typed).options.length]);
  }

  expect(offers).toEqual([
    [100, 100],
    [100, 100],
    [100, 100],
    [100, 11],
    [20, 1],
    [1, 0],
  ]);
  expect(jobs.size).toBe(1_000);
  expect(readsOnce).toBeGreaterThan(1);
  expect(reads).toHaveLength(readsOnce);
});

it('two who type at once share one reading', async () => {
  const { documents, reads } = await counted();
  const alone = createStagedIndexes(documents);
  await alone.of(stateOf('R1'));
  const readsOnce = reads.splice(0).length;
  const indexes = createStagedIndexes(documents);

  const [one, other] = await Promise.all([indexes.of(stateOf('R1')), indexes.of(stateOf('R1'))]);

  expect(one).toBe(other);
  expect(reads).toHaveLength(readsOnce);
});

it('what is staged anew is read anew, and no more than two are kept', async () => {
  const { documents } = await counted();
  const indexes = createStagedIndexes(documents);
  const first = await indexes.of(stateOf('R1'));

  const second = await indexes.of(stateOf('R1', 'two'));
  const again = await indexes.of(stateOf('R1'));
  await indexes.of(stateOf('R1', 'three'));

  expect(second).not.toBe(first);
  expect(again).toBe(first);
  expect(await indexes.of(stateOf('R1'))).toBe(first);
  expect(await indexes.of(stateOf('R1', 'two'))).not.toBe(second);
});

it('a document that could not be read is read again when it is asked for again', async () => {
  const { documents } = await counted();
  let isAway = true;
  const indexes = createStagedIndexes({
    load: async (restoreId, name) => (isAway ? null : await documents.load(restoreId, name)),
  });

  await expect(indexes.of(stateOf('R1'))).rejects.toMatchObject({ code: 'document-gone' });
  isAway = false;

  expect((await indexes.of(stateOf('R1'))).jobs.size).toBe(1_000);
});
