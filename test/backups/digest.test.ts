import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TaskRow } from '../../src/aurora/tasks.ts';
import { stagedSetDigest } from '../../src/backups/digest.ts';

const one: TaskRow = {
  taskId: 'a',
  jobKey: { role: 'r', environment: 'e', name: 'n' },
  instanceId: 0,
  status: 'RUNNING',
};
const two: TaskRow = { ...one, taskId: 'b', instanceId: 1 };

test('the form is a promise', () => {
  // sha256 of the line ["a","RUNNING","r","e","n",0]
  expect(stagedSetDigest([one])).toBe('e205c571bf8ef15ef5ea5dd9a4396c7a7a9e1976e48337882466dadc06f816ca');
});

test('the order does not matter', () => {
  const rows = Array.from({ length: 20 }, (_, index) => ({ ...one, taskId: `t${index}` }));

  fc.assert(
    fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
      expect(stagedSetDigest(shuffled)).toBe(stagedSetDigest(rows));
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
])('%s is another digest', (_name, rows) => {
  expect(stagedSetDigest(rows)).not.toBe(stagedSetDigest([one, two]));
});

test('host, tier and owner do not matter: a scheduler may tell them differently', () => {
  expect(stagedSetDigest([{ ...one, slaveHost: 'h', tier: 't', owner: 'o' }])).toBe(stagedSetDigest([one]));
});
