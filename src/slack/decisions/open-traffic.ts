import type { Button } from '@slack/types';
import { isTrafficShut } from '../../restore/decisions/open-traffic.ts';
import type { RestoreState } from '../../restore/record/state.ts';
import { button, section } from '../blocks.ts';
import { code } from '../escape.ts';
import { clockTime } from '../time.ts';
import { form } from '../views/modal.ts';
import { aboutBlocks } from './about.ts';
import { by, type Dialogue, plainValue } from './dialogue.ts';

/** What is lost by it if people go back. */
const lostText =
  'Everyone can then use the scheduler. What they create, kill or update is lost if you go back; going back shuts traffic first.';

export const openTrafficDialogue: Dialogue<'open-traffic'> = {
  decision: 'open-traffic',
  buttons: { 'open-traffic': {} },
  form: {
    id: 'open-traffic',
    show: ({ state, metadata }) =>
      form({
        id: 'open-traffic',
        title: 'Let traffic in?',
        submit: 'Let traffic in',
        metadata,
        blocks: [
          section(
            `*Outside traffic reaches the schedulers of ${code(state.proposal.cluster)} again, before anything is reconciled.* ${lostText}`,
          ),
          ...aboutBlocks(state),
        ],
      }),
    read: () => ({}),
  },
  reply: ({ person }, { at }) => ({
    blocks: [
      section(`*${by(person)} lets traffic in for a look* (${clockTime(at)}). Nothing is reconciled yet.`),
      section(lostText),
    ],
  }),
};

/** None where the policy keeps traffic shut, and once it is open. */
export function openTrafficButtons(state: RestoreState): Button[] {
  if (state.proposal.policy.lookTraffic !== 'allow' || !isTrafficShut(state)) return [];
  return [
    button({ actionId: 'open-traffic', label: 'Let traffic in for a look…', value: plainValue(state) }),
  ];
}
