import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { methods } from '../../../src/thrift/methods.ts';
import { encodeMessage } from '../../../src/thrift/tjson.ts';
import { type LoneScheduler, startLoneScheduler, untilLeading } from './support/lone-scheduler.ts';

const page = readFileSync('docs/drill.md', 'utf8').replace(/\s+/g, ' ');
const namesBetween = (begin: string, end: string): string[] => {
  const part = page.split(begin)[1]?.split(end)[0] ?? '';
  return [...part.matchAll(/`([a-zA-Z]+)`/g)].map(([, name = '']) => name);
};
const served = namesBetween('A pretend scheduler serves', 'as far as its release');
const refused = namesBetween('`Invalid method name`:', 'A restore needs none');

describe('the calls that docs/drill.md lists', () => {
  let lone: LoneScheduler;
  beforeAll(async () => {
    lone = await startLoneScheduler({ clusterName: 'c' });
    await untilLeading(lone);
  });
  afterAll(() => lone.close());

  /** Whether a call without arguments is known; what it says to them does not matter. */
  async function isServed(name: string): Promise<boolean> {
    const body = Buffer.from(encodeMessage({ name, type: 'call', seqid: 1 }, methods.getVersion, {}));
    const response = await fetch(`${lone.url}/api`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    }).catch(() => null);
    return (await response?.text())?.includes('Invalid method name') !== true;
  }

  it('are every call that the codec knows', () => {
    expect([...served, ...refused]).toEqual(expect.arrayContaining(Object.keys(methods)));
  });

  // A commit of nothing is refused before anything ends.
  it.each(served)('%s is served', async (name) => {
    expect(await isServed(name)).toBe(true);
  });

  it.each(refused)('%s is not', async (name) => {
    expect(await isServed(name)).toBe(false);
  });
});
