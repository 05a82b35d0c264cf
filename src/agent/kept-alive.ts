import type { Clock } from '../aurora/clock.ts';
import { within } from '../aurora/within.ts';

/** Less than any deadline that a bot is configured with. */
const beatMs = 2_000;

/**
 * An answer in JSON that takes its time. One that comes soon, or fails soon, is as any other; otherwise its text, with a space in
 * front for each while that goes by, which every reader of JSON passes over: neither side takes the other for dead. What fails
 * then breaks the text off, because its status has been sent.
 */
export async function keptAlive<T extends object>(
  clock: Clock,
  answer: Promise<T>,
): Promise<T | AsyncIterable<string>> {
  return (await within(clock, beatMs, answer)) ?? beats(clock, answer);
}

async function* beats(clock: Clock, answer: Promise<object>): AsyncGenerator<string> {
  for (;;) {
    yield ' ';
    const value = await within(clock, beatMs, answer);
    if (value === undefined) continue;
    yield JSON.stringify(value);
    return;
  }
}
