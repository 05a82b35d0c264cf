import { expect, it } from 'vitest';
import { joinTasks } from '../../src/streams/join-tasks.ts';
import { wholeList } from '../support/whole-list.ts';

const tasks = (...ids: string[]) => ids.map((taskId, nth) => ({ taskId, nth }));

it('two lists are joined id by id, with what only one of them has, and what one has twice', async () => {
  const joined = await wholeList(joinTasks(tasks('a', 'b', 'b', 'd'), tasks('b', 'c')));

  expect(joined.map(({ taskId, left, right }) => [taskId, left.length, right.length])).toEqual([
    ['a', 1, 0],
    ['b', 2, 1],
    ['c', 0, 1],
    ['d', 1, 0],
  ]);
  expect(joined[1]?.left.map(({ nth }) => nth)).toEqual([1, 2]);
});

it('a list that is not in order is an error, and no wrong answer', async () => {
  await expect(wholeList(joinTasks(tasks('b', 'a'), []))).rejects.toThrow('not in order');
  await expect(wholeList(joinTasks([], tasks('a', 'c', 'b')))).rejects.toThrow('not in order');
});

it('both lists are closed when nobody wants more', async () => {
  const closed: string[] = [];
  const list = async function* (name: string) {
    try {
      for (const task of tasks('a', 'b', 'c')) yield await Promise.resolve(task);
    } finally {
      closed.push(name);
    }
  };

  for await (const _one of joinTasks(list('left'), list('right'))) break;

  expect(closed.sort()).toEqual(['left', 'right']);
});
