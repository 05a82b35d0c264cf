import { describe, expect, it } from 'vitest';
import { implementations } from './support.ts';

describe.each(implementations)('leases: %s', (_name, openPorts) => {
  const ttlMs = 100;

  it('give a living one to nobody else, and to its owner at once, with a new fence', async () => {
    const { leases } = await openPorts();
    const first = await leases.acquire({ cluster: 'east', owner: 'a', ttlMs, now: 0 });

    const stranger = await leases.acquire({ cluster: 'east', owner: 'b', ttlMs, now: 50 });
    const again = await leases.acquire({ cluster: 'east', owner: 'a', ttlMs, now: 50 });
    const elsewhere = await leases.acquire({ cluster: 'west', owner: 'b', ttlMs, now: 50 });

    expect(first).toEqual({ cluster: 'east', owner: 'a', fence: 1 });
    expect(stranger).toBeNull();
    expect(again?.fence).toBe(2);
    expect(elsewhere?.cluster).toBe('west');
  });

  it('give one that has run out to whoever asks, and fence off who had it', async () => {
    const { leases } = await openPorts();
    const old = await leases.acquire({ cluster: 'east', owner: 'a', ttlMs, now: 0 });
    const taken = await leases.acquire({ cluster: 'east', owner: 'b', ttlMs, now: 101 });
    if (old === null || taken === null) throw new Error('both should have been given');

    expect(taken.fence).toBeGreaterThan(old.fence);
    expect(await leases.renew(old, { ttlMs, now: 102 })).toBe(false);
    expect(await leases.renew(taken, { ttlMs, now: 102 })).toBe(true);
  });

  it('keep a renewed one for as long again', async () => {
    const { leases } = await openPorts();
    const lease = await leases.acquire({ cluster: 'east', owner: 'a', ttlMs, now: 0 });
    if (lease === null) throw new Error('it should have been given');

    await leases.renew(lease, { ttlMs, now: 90 });

    expect(await leases.acquire({ cluster: 'east', owner: 'b', ttlMs, now: 150 })).toBeNull();
  });

  it('free one that was given back, and nothing when that is done by who has lost it', async () => {
    const { leases } = await openPorts();
    const old = await leases.acquire({ cluster: 'east', owner: 'a', ttlMs, now: 0 });
    if (old === null) throw new Error('it should have been given');

    await leases.release(old);
    const taken = await leases.acquire({ cluster: 'east', owner: 'b', ttlMs, now: 1 });
    await leases.release(old);

    expect(taken?.fence).toBe(2);
    expect(await leases.acquire({ cluster: 'east', owner: 'c', ttlMs, now: 2 })).toBeNull();
  });
});
