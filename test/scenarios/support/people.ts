/** What people do while a scenario goes on by itself. */
import { dee } from '../../restore/support/office.ts';
import { approving, nobody, type People, signing } from '../../restore/support/pretend-people.ts';
import { bo, cy } from '../../restore/support/story.ts';

export { approving, nobody, signing };

/** Everybody does their part, and dee looks again whenever it is stuck, so many times. */
export function lookingAgain(times = 3): People {
  let looks = 0;
  return (service, state) => {
    if (state.stuck === null) return approving(service, state);
    looks += 1;
    return looks > times
      ? null
      : service.take('look-again', { restoreId: state.restoreId, userId: dee.userId });
  };
}

/** Everybody does their part, and nobody lets it reconcile. */
export const hesitating: People = (service, state) =>
  state.look === null ? approving(service, state) : null;

/** Bo and cy go back as soon as they may. */
export const goingBack: People = (service, state) => {
  if (state.phase === 'undo' || (state.look === null && state.stuck === null))
    return approving(service, state);
  const signed = state.gates['go-back']?.signOffs.length ?? 0;
  const person = [bo, cy][signed];
  if (person === undefined) return null;
  return service.take('go-back', {
    restoreId: state.restoreId,
    userId: person.userId,
    reason: 'it kills too much',
  });
};

/** Dee stops it as soon as the commit can be signed, and looks again whenever putting back is stuck. */
export const stopping: People = (service, state) => {
  const { restoreId } = state;
  if (state.phase === 'undo')
    return state.stuck === null ? null : service.take('look-again', { restoreId, userId: dee.userId });
  return state.gates.commit?.status === 'open'
    ? service.take('abort', { restoreId, userId: dee.userId, reason: 'wrong backup' })
    : approving(service, state);
};
