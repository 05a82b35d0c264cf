import type { Button } from '@slack/types';
import type { RestoreState } from '../../restore/record/state.ts';
import { shortDigest } from '../../restore/rules/digest.ts';
import { button, context, section } from '../blocks.ts';
import { code } from '../escape.ts';
import { beforeText, commitText, restoredText } from '../messages/procedure.ts';
import { clockTimeExact } from '../time.ts';
import { form } from '../views/modal.ts';
import { aboutBlocks, dyingBlocks, effectsText } from './about.ts';
import { by, type Dialogue, gateValue } from './dialogue.ts';
import { clusterField, fieldNames, readCluster } from './fields.ts';

/** The last form before the point of no return: the name of the cluster is typed. */
export const commitDialogue: Dialogue<'commit'> = {
  decision: 'commit',
  buttons: { commit: { gate: 'commit' } },
  form: {
    id: 'commit',
    show: ({ state, metadata }) =>
      form({
        id: 'commit',
        title: 'Commit',
        submit: 'Commit',
        metadata,
        blocks: [
          section(
            `*The storage of ${code(state.proposal.cluster)} is replaced by ${restoredText(state)}: ${effectsText(state)}.*`,
          ),
          ...dyingBlocks(state),
          ...aboutBlocks(state),
          clusterField(),
          context(`Digest \`${shortDigest(state.gates.commit?.digest ?? '')}\``),
        ],
      }),
    read: readCluster,
    faultFields: { 'wrong-name': fieldNames.cluster },
  },
  // Before the outside world has answered anything.
  reply: ({ person, digest }, { at, state }) => ({
    blocks: [
      section(
        `*${by(person)} ordered the commit* (${clockTimeExact(at)}) · digest \`${shortDigest(digest)}\``,
      ),
      section(
        `${commitText(state)} From here on *Stop* no longer works; you can still go back to ${beforeText(state, 'logs')} until the first reconciliation.`,
      ),
    ],
  }),
};

export function commitButton(state: RestoreState): Button {
  return button({ actionId: 'commit', label: 'Commit…', value: gateValue(state, 'commit'), style: 'danger' });
}
