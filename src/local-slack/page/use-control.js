import { act } from './api.js';
import { askConfirm } from './confirm.js';
import { store } from './store.js';
import { attempt, toast } from './toast.js';

/** Presses or chooses as the person we are: asks first if the element wants that, says so if the app does not answer. */
export async function useControl(element, block, place, value) {
  if (element.url) window.open(element.url, '_blank', 'noopener,noreferrer');
  const use = {
    user: store.me,
    ...(place.view_id === undefined ? { channel: place.channel, ts: place.ts } : { view_id: place.view_id }),
    action_id: element.action_id,
    block_id: block.block_id,
    ...(value === undefined ? {} : { value }),
  };
  const confirmed = element.confirm === undefined || (await askConfirm(element.confirm));
  if (!confirmed) return false;
  const answer = await attempt(() =>
    act(value === undefined ? 'press' : 'choose', { ...use, confirmed: true }),
  );
  const error = answer?.result.error;
  if (error) toast('The app did not answer.', { hint: sentences[error] ?? error, problem: true });
  return answer !== undefined && !error;
}

export const sentences = {
  timed_out: 'It did not acknowledge within 3 seconds.',
  unreachable: 'It is not connected.',
  failed: 'It answered with an error.',
};
