import { expect, it } from 'vitest';
import { createHeldLease, leaseTtlMs } from '../../src/aurora/held-lease.ts';
import type { Leases } from '../../src/aurora/journal.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';

/** A store that gives the lease to whoever asks, and counts the questions. */
function generousLeases() {
  let fence = 0;
  const leases: Leases = {
    acquire: ({ cluster, owner }) => {
      fence += 1;
      return Promise.resolve({ cluster, owner, fence });
    },
    renew: () => Promise.resolve(true),
    release: () => Promise.resolve(),
  };
  return { leases, taken: () => fence };
}

it('a lease is no longer ours when its time is over, also when the clock was set back meanwhile', async () => {
  let [wall, running] = [1_000_000, 0];
  const clock = { ...systemClock, now: () => wall, monotonic: () => running };
  const { leases } = generousLeases();
  const lease = createHeldLease({ leases, name: 'outbox', owner: 'bot-1', clock });
  expect(await lease.take()).toBe('taken');
  expect(lease.assertOurs).not.toThrow();

  // Frozen for that long, and the clock of the machine was corrected by an hour.
  running += leaseTtlMs;
  wall -= 3_600_000;

  expect(lease.assertOurs).toThrow('Another bot may have taken over.');
});

it('a lease stays ours when the clock is set forward', async () => {
  let wall = 1_000_000;
  const clock = { ...systemClock, now: () => wall, monotonic: () => 5 };
  const { leases, taken } = generousLeases();
  const lease = createHeldLease({ leases, name: 'outbox', owner: 'bot-1', clock });
  await lease.take();

  wall += 3_600_000;

  expect(lease.assertOurs).not.toThrow();
  expect(await lease.take()).toBe('held');
  expect(taken()).toBe(1);
});
