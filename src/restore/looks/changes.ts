/** What has changed of the picture that people decide by, at the stop gate and at the second look, and what that means. */

import { joinTasks } from '../../streams/join-tasks.ts';
import type { RestoreEvent } from '../record/events.ts';
import type { Picture } from '../record/facts.ts';
import type { StepContext } from '../step.ts';
import { secondLookDocument } from '../steps/second-look.ts';
import { signedSummary } from '../steps/shared/summary.ts';
import { readAffected } from './blast.ts';
import { countMoved, listRunning, readRunning } from './live-tasks.ts';
import { confirmed, findChanges, takePicture } from './picture.ts';

interface ChangesNow {
  /** As it was just seen, for the next look. */
  readonly picture: Picture | null;
  readonly event: RestoreEvent | null;
  readonly unclear: string | null;
}

/**
 * Looks once and compares with what was shown; `before` is what the look before this one saw. Tasks are compared only
 * `withTasks`, or when something else has changed: in a large cluster that costs more than everything else together.
 */
export async function changesNow(
  context: StepContext,
  looks: { before: Picture | null; withTasks: boolean },
): Promise<ChangesNow> {
  const { before, withTasks } = looks;
  const { picture: shown, look } = context.state();
  // A journal from before pictures were kept has none: nothing is known that could have changed.
  if (shown === null) return { picture: null, event: null, unclear: null };
  const { picture: taken, unseen } = await takePicture(context, shown);
  const unclear = unseen.length === 0 ? null : cannotSee(unseen.join(' '));
  const seen = confirmed({ shown, before, now: { ...taken, killedEarly: shown.killedEarly ?? 0 } });
  const isChanged = findChanges(shown, seen).sentences.length > 0;
  const moved = look !== null && (withTasks || isChanged) ? await findMoved(context) : null;
  const now = moved === null ? seen : { ...seen, killedEarly: moved.killedEarly };
  const { sentences, unclean } = findChanges(shown, now);
  if (sentences.length === 0) return { picture: taken, event: null, unclear };
  const message = sentences.join(' ');
  const isUnclean = unclean || look?.unclean === true;
  const hint = moved === null ? beforeStop : isUnclean ? uncleanWords(moved) : stillClean;
  return {
    picture: taken,
    unclear,
    event: { type: 'noticed', code: 'changed', message, hint, picture: now, ...(unclean && { unclean }) },
  };
}

/** For the card, while something does not answer. */
export function cannotSee(why: string): string {
  return `Not everything can be seen at this moment: ${why}`;
}

const beforeStop =
  'This restore has touched nothing yet. Look at it before you approve: what was checked may no longer be true.';
const stillClean = 'Nothing was reconciled: going back is still clean. It waits until somebody answers.';

function uncleanWords({ ended, started }: Moved): string {
  return `Going back is no longer clean: since the look began ${ended} ${ended === 1 ? 'task has' : 'tasks have'} ended and ${started} ${started === 1 ? 'has' : 'have'} started; going back ends what was started and starts what was ended. It waits until somebody answers.`;
}

interface Moved {
  readonly ended: number;
  readonly started: number;
  readonly killedEarly: number;
}

async function findMoved(context: StepContext): Promise<Moved> {
  const { frameworkId } = context.factsOf('capture-live-tasks');
  const now = await listRunning(context, frameworkId);
  const { ended, started } = await countMoved(readRunning(context, secondLookDocument), now);
  const { document } = signedSummary(context).blast;
  let killedEarly = 0;
  for await (const { left, right } of joinTasks(ended, readAffected(context, { document, effect: 'killed' })))
    if (left.length > 0) killedEarly += right.length;
  return { ended: ended.size, started, killedEarly };
}
