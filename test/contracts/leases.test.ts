import { describe, expect, it } from 'vitest';
import { implementations } from './support.ts';

describe.each(implementations)('leases: %s', (_name, openPorts) => {
  /** Long: where the engine counts by itself, nothing runs out while a busy machine runs the test. */
  const ttlMs = 100_000;

  /** Leases, at a time that passes when it is told to. */
  const opened = async () => {
    const { leases, pass } = await openPorts();
    let now = 1_000_000;
    return {
      acquire: async (owner: string, cluster = 'east') =>
        await leases.acquire({ cluster, owner, ttlMs, now }),
      /** One that is there, or the test is wrong. */
      get: async (owner: string) => {
        const lease = await leases.acquire({ cluster: 'east', owner, ttlMs, now });
        if (lease === null) throw new Error(`${owner} should have been given it`);
        return lease;
      },
      renew: async (lease: Parameters<typeof leases.renew>[0]) => await leases.renew(lease, { ttlMs, now }),
      release: leases.release,
      pass: async (ms: number) => {
        now += ms;
        await pass?.(ms);
      },
    };
  };

  it('give a living one to nobody else, and to its owner at once, with a new fence', async () => {
    const { acquire, pass } = await opened();
    const first = await acquire('a');
    await pass(ttlMs / 2);

    const stranger = await acquire('b');
    const again = await acquire('a');
    const elsewhere = await acquire('b', 'west');

    expect(first).toEqual({ cluster: 'east', owner: 'a', fence: 1 });
    expect(stranger).toBeNull();
    expect(again?.fence).toBe(2);
    expect(elsewhere?.cluster).toBe('west');
  });

  it('give one that has run out to whoever asks, and fence off who had it', async () => {
    const { get, renew, pass } = await opened();
    const old = await get('a');
    await pass(ttlMs + 1);

    const taken = await get('b');

    expect(taken.fence).toBeGreaterThan(old.fence);
    expect(await renew(old)).toBe(false);
    expect(await renew(taken)).toBe(true);
  });

  it('give it to one of many who ask at once, each time with a higher fence', async () => {
    const { acquire, pass } = await opened();
    const owners = Array.from({ length: 8 }, (_, index) => `bot ${index}`);
    const rush = async () => {
      const given = await Promise.all(owners.map(async (owner) => await acquire(owner)));
      return given.filter((lease) => lease !== null).map(({ fence }) => fence);
    };

    expect(await rush()).toEqual([1]);
    await pass(ttlMs + 1);
    expect(await rush()).toEqual([2]);
  });

  it('keep a renewed one for as long again', async () => {
    const { acquire, get, renew, pass } = await opened();
    const lease = await get('a');
    await pass(ttlMs * 0.9);

    await renew(lease);
    await pass(ttlMs / 2);

    expect(await acquire('b')).toBeNull();
  });

  it('free one that was given back, and nothing when that is done by who has lost it', async () => {
    const { acquire, get, release } = await opened();
    const old = await get('a');

    await release(old);
    const taken = await acquire('b');
    await release(old);

    expect(taken?.fence).toBe(2);
    expect(await acquire('c')).toBeNull();
  });
});
