import { expect, test } from 'vitest';
import { AuroraError } from '../../../src/aurora/errors.ts';
import type { HostAgent } from '../../../src/aurora/hosts.ts';
import { isStoreLearnt, learnStore, storeFor } from '../../../src/restore/engine/stores.ts';

const agentOf = (host: string): HostAgent => ({ host }) as unknown as HostAgent;
/** Was started as `a` and `b`, and is `c` now. */
const identity = {
  epoch: '0a'.repeat(16),
  incarnation: 'c',
  hasBeen: (incarnation: string) => Promise.resolve(['a', 'b', 'c'].includes(incarnation)),
};
const own = { epoch: identity.epoch, incarnation: 'c' };
const told = (incarnation: string | null) => ({ name: 'x', incarnation, at: 1 });
const refused = (rule: string, store?: unknown): AuroraError =>
  new AuroraError({ code: 'grant-refused', message: 'no', hint: 'no', details: { rule, store } });

test.each([
  ['of before', undefined, undefined],
  ['that knows no database', null, own],
  ['that was given to this one', told(null), own],
  ['that has seen the start before', told('b'), { ...own, after: 'b' }],
  ['that has seen a start which is none of ours', told('z'), own],
])('an agent %s is shown what it takes', async (_which, status, shown) => {
  const agent = agentOf('aurora-1');
  await learnStore(agent, status, identity);
  expect(storeFor(agent, identity)).toEqual(shown);
});

test('a bot without a database of its own names none', async () => {
  const agent = agentOf('aurora-1');
  await learnStore(agent, null, undefined);
  expect(storeFor(agent, undefined)).toBeUndefined();
  expect(await isStoreLearnt(agent, refused('store', { incarnation: 'a' }), undefined)).toBe(false);
});

test('a refusal tells what is known on the host: once, and only what this database remembers is claimed', async () => {
  const agent = agentOf('aurora-1');
  expect(await isStoreLearnt(agent, refused('store', { incarnation: 'z' }), identity)).toBe(false);
  expect(storeFor(agent, identity)).toBeUndefined();
  expect(await isStoreLearnt(agent, refused('store', { incarnation: 'b' }), identity)).toBe(true);
  expect(storeFor(agent, identity)).toEqual({ ...own, after: 'b' });
  expect(await isStoreLearnt(agent, refused('store', { incarnation: 'b' }), identity)).toBe(false);
  expect(await isStoreLearnt(agent, refused('store', { incarnation: null }), identity)).toBe(true);
  expect(storeFor(agent, identity)).toEqual(own);
});

test.each([
  ['another rule', refused('fence', { incarnation: 'b' })],
  ['another database', refused('store')],
  ['something else in its place', refused('store', 'b')],
  ['a name that is none', refused('store', { incarnation: 7 })],
  ['no refusal', new Error('no')],
])('%s teaches nothing', async (_what, error) => {
  const agent = agentOf('aurora-1');
  expect(await isStoreLearnt(agent, error, identity)).toBe(false);
  expect(storeFor(agent, identity)).toBeUndefined();
});
