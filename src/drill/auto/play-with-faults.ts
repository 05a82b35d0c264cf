/**
 * `drill --auto --fault …`: the same people, in a drill that something happens to. It may complete, be put back, or stay
 * stuck on something that it names: all three are told as such, anything else is a failure.
 */
import { AuroraError } from '../../aurora/errors.ts';
import type { FaultPlayer, FaultReport } from '../faults/player.ts';
import { createSignForm } from '../signing/sign-form.ts';
import { takeSnapshot } from '../world/snapshot.ts';
import type { DrillWorld } from '../world/world.ts';
import { SlackHand } from './hand.ts';
import { followCard, type Remedy } from './people-on-call.ts';
import { type AutoResult, inspectEnd } from './play.ts';
import { openRestore, type StoryName } from './stories.ts';
import { printChannel } from './transcript.ts';

interface FaultyResult extends AutoResult {
  readonly faults: readonly FaultReport[];
  readonly remedies: readonly Remedy[];
}

const limitMs = 120_000;

/** Plays it; `print` gets each message as it appears. */
export async function playWithFaults(
  world: DrillWorld,
  options: { story: StoryName; faults: FaultPlayer; print: (text: string) => void },
): Promise<{ result: FaultyResult; problems: readonly string[] }> {
  const { story, faults, print } = options;
  // What happens beforehand is over before anybody looks.
  await faults.settle();
  const before = await takeSnapshot(world);
  const following = printChannel(world, print);
  const hand = new SlackHand({ url: world.slack.url, limitMs, signForm: createSignForm(world.keys) });
  let remedies: readonly Remedy[] = [];
  const trouble: string[] = [];
  try {
    const card = await openRestore(hand);
    remedies = await followCard(hand, {
      card,
      story,
      untilTroubleIsOver: () => faults.settle(),
      untilItMayBeDecided: () => faults.settleBeforeDecision(),
    });
  } catch (error) {
    if (!(error instanceof AuroraError)) throw error;
    trouble.push(error.message);
  } finally {
    await following.stop();
  }
  await faults.settle();
  const end = await inspectEnd(world, { story, before, foreignCalls: faults.foreignCalls(), anyEnd: true });
  const reports = faults.reports();
  const missed = reports
    .filter(({ state }) => state === 'waiting' || state === 'failed')
    .map(({ name, at, state, said }) =>
      state === 'failed' ? `${name}: ${said}` : `${name}: the restore never came to ${at}.`,
    );
  return {
    result: { ...end.result, faults: reports, remedies },
    problems: [...trouble, ...missed, ...end.problems],
  };
}
