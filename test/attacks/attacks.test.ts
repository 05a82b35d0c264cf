/** The attacks that CI plays; `npm run attacks` plays the search longer. */
import { expect, test } from 'vitest';
import { searchSequences } from './search.ts';
import { signatureAttacks } from './signatures.ts';

test.each(signatureAttacks.map((attack) => [attack.name, attack] as const))('%s', async (_name, { play }) => {
  expect(await play()).toMatchObject({ held: true });
});

test('no sequence of operations does what a stop does not allow', async () => {
  const { broken, done } = await searchSequences({ sequences: 100, seed: 1 });

  expect(broken).toBeNull();
  expect(done).toBeGreaterThan(100);
});

test('the same search finds each harm on a host that requires nobody', async () => {
  const { harms } = await searchSequences({ sequences: 60, seed: 1, mode: 'observe' });

  const words = ['a commit was sent', 'reconciliation was sent', "not the cluster's", 'the flag file says'];
  expect(words.filter((word) => !harms.some((harm) => harm.includes(word)))).toEqual([]);
});
