import { describe, expect, test } from 'vitest';
import { askAgain } from '../../src/aurora/ask-again.ts';
import { FakeClock } from '../restore/support/fake-clock.ts';

class Silent extends Error {}

/** Asks with a script of answers: a number, `null` for not yet, or an error; beyond its end it goes on with the last. */
async function play(
  answers: readonly (number | null | Error)[],
  { silenceMs = 5_000, abortAtMs = Number.POSITIVE_INFINITY, about = 'a' } = {},
) {
  const clock = new FakeClock(0);
  const abort = new AbortController();
  const askedAt: number[] = [];
  let borne = 0;
  const ask = async (): Promise<number | null> => {
    const answer = answers[Math.min(askedAt.length, answers.length - 1)];
    askedAt.push(clock.now());
    if (answer instanceof Error) throw answer;
    return answer ?? null;
  };
  let isOver = false;
  const end = askAgain(ask, {
    clock,
    about,
    everyMs: 1_000,
    silenceMs,
    signal: abort.signal,
    mayPass: (error) => error instanceof Silent,
    onSilence: () => {
      borne += 1;
    },
  })
    .catch((error: unknown) => error)
    .finally(() => {
      isOver = true;
    });
  while (!isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    if (clock.now() >= abortAtMs) abort.abort();
    else clock.advance();
  }
  return { end: await end, askedAt, borne };
}

const pausesOf = (times: readonly number[]) => times.slice(1).map((at, index) => at - (times[index] ?? 0));

describe('askAgain()', () => {
  test('asks once when there is an answer', async () => {
    expect(await play([7])).toEqual({ end: 7, askedAt: [0], borne: 0 });
  });

  test('asks until there is an end, and bears what may pass', async () => {
    const { end, askedAt, borne } = await play([null, new Silent(), null, new Silent(), 7]);

    expect(end).toBe(7);
    expect(askedAt).toHaveLength(5);
    expect(borne).toBe(2);
  });

  test('throws at once what does not pass', async () => {
    const wrong = new Error('refused');

    expect(await play([null, wrong, 7])).toMatchObject({ end: wrong, borne: 0 });
  });

  test('throws the last error when nothing was heard for too long, counted from the last answer', async () => {
    const silent = new Silent();
    const late = await play([...Array.from({ length: 20 }, () => null), silent]);
    const never = await play([silent]);

    expect([late.end, never.end]).toEqual([silent, silent]);
    for (const heardAt of [(late.askedAt.at(-1) ?? 0) - (late.askedAt[19] ?? 0), never.askedAt.at(-1)]) {
      expect(heardAt).toBeGreaterThanOrEqual(5_000);
      expect(heardAt).toBeLessThanOrEqual(6_200);
    }
  });

  test('stops when the signal aborts', async () => {
    expect(await play([null], { abortAtMs: 3_000 })).toMatchObject({ end: null });
    expect(await play([new Silent()], { abortAtMs: 3_000 })).toMatchObject({ end: null });
  });

  test('rests about as long as it is told, each time and each asker otherwise, and the same again', async () => {
    const many = [...Array.from({ length: 50 }, () => null), 7];
    const pauses = pausesOf((await play(many)).askedAt);
    const others = pausesOf((await play(many, { about: 'b' })).askedAt);

    expect(pausesOf((await play(many)).askedAt)).toEqual(pauses);
    expect(others).not.toEqual(pauses);
    expect(new Set(pauses).size).toBeGreaterThan(20);
    for (const pause of [...pauses, ...others]) {
      expect(pause).toBeGreaterThanOrEqual(800);
      expect(pause).toBeLessThanOrEqual(1_200);
    }
  });

  test('does not wait for the next turn when what it asks about has changed, also while it was asking', async () => {
    const clock = { now: () => 0, sleep: (_ms: number, signal?: AbortSignal) => aborted(signal) };
    const changes = [new AbortController(), new AbortController(), new AbortController()];
    let asked = 0;
    const ask = async (): Promise<string | null> => {
      asked += 1;
      // Meanwhile.
      if (asked === 1) changes[0]?.abort();
      return asked === 3 ? 'there' : null;
    };

    const end = askAgain(ask, {
      clock,
      about: 'a',
      everyMs: 1_000,
      silenceMs: 5_000,
      signal: new AbortController().signal,
      changed: () => changes[asked]?.signal ?? AbortSignal.abort(),
      mayPass: () => false,
      onSilence: () => undefined,
    });
    while (asked < 2) await new Promise((resolve) => setImmediate(resolve));
    changes[1]?.abort();

    expect(await end).toBe('there');
  });
});

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) resolve();
    else signal?.addEventListener('abort', () => resolve());
  });
}
