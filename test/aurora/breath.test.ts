import { expect, it } from 'vitest';
import { breath } from '../../src/aurora/breath.ts';

it('lets others in while work goes on that never waits for anything', async () => {
  let isIn = false;
  setTimeout(() => {
    isIn = true;
  }, 0);
  const givenUpAt = performance.now() + 5_000;

  while (!isIn && performance.now() < givenUpAt) await breath();

  expect(isIn).toBe(true);
});

it('costs nothing while little was done', async () => {
  await new Promise((resolve) => setImmediate(resolve));
  while (breath() === undefined);
  await breath();

  expect(breath()).toBeUndefined();
});
