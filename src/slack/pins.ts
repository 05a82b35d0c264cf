/** The card is pinned while its restore runs, so that whoever comes into the channel finds it, and is unpinned at the end. */
import type { Projection } from './projection.ts';
import type { PassDeps, Seen } from './put.ts';
import { readSlackFailure } from './slack-failure.ts';

const againMs = 30_000;

/**
 * Answers when to try again, in epoch milliseconds; `null` when it is settled. Never throws: a pin is a convenience. What a person
 * pins or unpins meanwhile stays as they want it.
 */
export async function pinCard(
  deps: PassDeps,
  projection: Projection,
  { state, card }: Seen,
): Promise<number | null> {
  const wanted = state.ended === null ? card : null;
  const { pinned } = projection;
  if (pinned === wanted) return null;
  const { channel } = state.proposal;
  const { client, clock } = deps;
  try {
    // A card that has moved leaves its pin; after a restart it is not known which one is pinned, and at the end it is this one.
    const leaves = pinned ?? (wanted === null ? card : null);
    if (leaves !== null) await settled(deps, () => client.pins.remove({ channel, timestamp: leaves }));
    projection.pinned = null;
    if (wanted !== null) await settled(deps, () => client.pins.add({ channel, timestamp: wanted }));
    projection.pinned = wanted;
    return null;
  } catch {
    return clock.now() + againMs;
  }
}

/** A refusal settles it: it is pinned or unpinned already, or not to be. Throws when it may work later. */
async function settled({ log, refusedPins }: PassDeps, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    const failure = readSlackFailure(error);
    if (failure?.kind !== 'refused') throw error;
    if (asWanted.has(failure.code) || refusedPins.has(failure.code)) return;
    refusedPins.add(failure.code);
    log(
      'warn',
      { err: error },
      `cards are not pinned: ${failure.code}; the scope pins:write is in manifest.yml`,
    );
  }
}

const asWanted: ReadonlySet<string> = new Set([
  'already_pinned',
  'no_pin',
  'not_pinned',
  'message_not_found',
]);
