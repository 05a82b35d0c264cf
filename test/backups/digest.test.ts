import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TaskRow } from '../../src/aurora/tasks.ts';
import { digestStagedSet } from '../../src/backups/digest.ts';

const one: TaskRow = {
  taskId: 'a',
  jobKey: { role: 'r', environment: 'e', name: 'n' },
  instanceId: 0,
  status: 'RUNNING',
};
const two: TaskRow = { ...one, taskId: 'b', instanceId: 1 };

const digestOf = async (rows: readonly TaskRow[]): Promise<string> => (await digestStagedSet(rows)).digest;

test('the form is a promise', async () => {
  // sha256 of the line ["a","RUNNING","r","e","n",0]
  const digest = 'e205c571bf8ef15ef5ea5dd9a4396c7a7a9e1976e48337882466dadc06f816ca';

  expect(await digestStagedSet([one])).toEqual({ digest, tasks: 1 });
});

test('the order does not matter', async () => {
  const rows = Array.from({ length: 20 }, (_, index) => ({ ...one, taskId: `t${index}` }));

  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(rows, { minLength: rows.length }), async (shuffled) => {
      expect(await digestOf(shuffled)).toBe(await digestOf(rows));
    }),
  );
});

test.each([
  ['a task less', [one]],
  ['a task twice', [one, two, two]],
  ['another id', [one, { ...two, taskId: 'c' }]],
  ['another status', [one, { ...two, status: 'PENDING' }]],
  ['another instance', [one, { ...two, instanceId: 2 }]],
  ['another job', [one, { ...two, jobKey: { ...two.jobKey, name: 'm' } }]],
  ['a name that moves between parts', [one, { ...two, jobKey: { role: 'r', environment: 'en', name: '' } }]],
])('%s is another digest', async (_name, rows) => {
  expect(await digestOf(rows)).not.toBe(await digestOf([one, two]));
});

test('host, tier and owner do not matter: a scheduler may tell them differently', async () => {
  expect(await digestOf([{ ...one, slaveHost: 'h', tier: 't', owner: 'o' }])).toBe(await digestOf([one]));
});
