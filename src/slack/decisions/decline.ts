import type { Button } from '@slack/types';
import type { GateName } from '../../restore/record/events.ts';
import type { RestoreState } from '../../restore/record/state.ts';
import { button, section } from '../blocks.ts';
import { quote } from '../escape.ts';
import { goesOnText } from '../messages/waiting.ts';
import { clockTime } from '../time.ts';
import { form } from '../views/modal.ts';
import { aboutBlocks } from './about.ts';
import { by, type Dialogue, gateValue } from './dialogue.ts';
import { readReason, reasonField } from './fields.ts';
import { gateText } from './gate-words.ts';

const actionIds: Readonly<Record<GateName, string>> = {
  stop: 'decline-stop',
  commit: 'decline-commit',
  'go-back': 'decline-go-back',
};

/** A decline ends the revision; the second line says what happens now. */
export const declineDialogue: Dialogue<'decline'> = {
  decision: 'decline',
  buttons: {
    [actionIds.stop]: { gate: 'stop' },
    [actionIds.commit]: { gate: 'commit' },
    [actionIds['go-back']]: { gate: 'go-back' },
  },
  form: {
    id: 'decline',
    show: ({ state, gate, metadata }) => {
      const then = {
        stop: 'The restore ends here; no host was touched.',
        commit: 'Nothing is committed, and everything is put back.',
        'go-back': 'The second look starts again.',
      }[gate ?? 'commit'];
      return form({
        id: 'decline',
        title: 'Decline',
        submit: 'Decline',
        metadata,
        blocks: [section(`*One decline ends it.* ${then}`), ...aboutBlocks(state), reasonField()],
      });
    },
    read: readReason,
  },
  reply: ({ gate, person, reason }, { at, state }) => {
    const then = {
      stop: 'Nothing was touched. Another proposal starts with `/aurora restore`.',
      commit: 'Nothing was committed. Everything is being put back.',
      'go-back': goesOnText(state),
    }[gate];
    return {
      blocks: [
        section(`*${by(person)} declined ${gateText(state, gate)}* (${clockTime(at)}): ${quote(reason)}`),
        section(then),
      ],
    };
  },
};

export function declineButton(state: RestoreState, gate: GateName): Button {
  return button({ actionId: actionIds[gate], label: 'Decline…', value: gateValue(state, gate) });
}
