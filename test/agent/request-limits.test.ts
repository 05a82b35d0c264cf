import { describe, expect, test } from 'vitest';
import { createRequestLimits } from '../../src/agent/request-limits.ts';

const limits = { requestsPerSecond: 10, requestsBurst: 3, requestsAtOnce: 100 };
const take = (made: ReturnType<typeof createRequestLimits>, times: number, now: number): boolean[] =>
  Array.from({ length: times }, () => made.enter('bot', now));

describe('createRequestLimits()', () => {
  test('takes a burst, and then what the second brings', () => {
    const made = createRequestLimits(limits);

    expect(take(made, 4, 0)).toEqual([true, true, true, false]);
    expect(take(made, 2, 100)).toEqual([true, false]);
    expect(take(made, 4, 60_000)).toEqual([true, true, true, false]);
  });

  test('counts each client by itself', () => {
    const made = createRequestLimits(limits);
    take(made, 4, 0);

    expect(made.enter('other', 0)).toBe(true);
  });

  test('takes so many at once, and more when one is answered', () => {
    const made = createRequestLimits({ ...limits, requestsBurst: 100, requestsAtOnce: 2 });
    const first = take(made, 3, 0);
    made.leave('bot');

    expect(first).toEqual([true, true, false]);
    expect(made.enter('bot', 0)).toBe(true);
  });

  test('a clock that goes back gives nothing', () => {
    const made = createRequestLimits(limits);
    take(made, 3, 10_000);

    expect(made.enter('bot', 0)).toBe(false);
  });

  test('forgets the longest quiet of a thousand clients, never one it is answering', () => {
    const made = createRequestLimits({ ...limits, requestsAtOnce: 1 });
    made.enter('busy', 0);
    for (let number = 0; number < 2_000; number += 1) {
      made.enter(`client ${number}`, 1);
      made.leave(`client ${number}`);
    }

    expect(made.enter('busy', 2)).toBe(false);
    expect(made.enter('client 0', 2)).toBe(true);
  });
});
