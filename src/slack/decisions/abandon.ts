import type { Button } from '@slack/types';
import type { RestoreState } from '../../restore/record/state.ts';
import { button, section } from '../blocks.ts';
import { code, quote } from '../escape.ts';
import { clockTime } from '../time.ts';
import { form } from '../views/modal.ts';
import { aboutBlocks } from './about.ts';
import { by, type Dialogue, plainValue } from './dialogue.ts';
import { clusterField, fieldNames, readCluster, readReason, reasonField } from './fields.ts';

/** For what cannot be mended: the cluster's name is typed, because nothing is put back. */
export const abandonDialogue: Dialogue<'abandon'> = {
  decision: 'abandon',
  buttons: { abandon: {} },
  form: {
    id: 'abandon',
    show: ({ state, metadata }) =>
      form({
        id: 'abandon',
        title: 'Leave it as it is',
        submit: 'End the restore',
        metadata,
        blocks: [
          section(
            `*The restore of ${code(state.proposal.cluster)} ends, and nothing is put back.* Hosts stay as they are now: stopped, isolated or with other flags; what was set aside stays aside. It is for a host that is gone for good.`,
          ),
          section('If it can be fixed, fix it and press "I have done this: look again" instead.'),
          ...aboutBlocks(state),
          reasonField(),
          clusterField(),
        ],
      }),
    read: (filled) => ({ ...readReason(filled), ...readCluster(filled) }),
    faultFields: { 'wrong-name': fieldNames.cluster },
  },
  // The end follows at once and says what it was stuck on.
  reply: ({ person, reason }, { at }) => ({
    blocks: [
      section(`*${by(person)} leaves it as it is* (${clockTime(at)}): ${quote(reason)}`),
      section(
        'This puts nothing back. What was set aside stays where it is; the next restore checks every host before it touches any.',
      ),
    ],
  }),
};

export function abandonButton(state: RestoreState): Button {
  return button({ actionId: 'abandon', label: 'Leave it as it is…', value: plainValue(state) });
}
