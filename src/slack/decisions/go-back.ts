import type { Button } from '@slack/types';
import type { RestoreState } from '../../restore/record/state.ts';
import { mayGoBack } from '../../restore/rules/second-look.ts';
import { button, section } from '../blocks.ts';
import { code } from '../escape.ts';
import { beforeText, beforeTextFirst } from '../messages/procedure.ts';
import { readSignature, signingBlocks } from '../signing.ts';
import { form } from '../views/modal.ts';
import { aboutBlocks, addsBlocks } from './about.ts';
import { type Dialogue, gateValue, plainValue } from './dialogue.ts';
import { readReason, reasonField } from './fields.ts';
import { signOffDialogue } from './sign-off.ts';

export const goBackDialogue: Dialogue<'go-back'> = {
  decision: 'go-back',
  buttons: { 'go-back': { gate: 'go-back' } },
  form: {
    id: 'go-back',
    signs: () => 'go-back',
    show: ({ state, metadata, userId, signing }) => {
      const needed = state.gates['go-back']?.needed ?? state.proposal.policy.commitSigners;
      return form({
        id: 'go-back',
        title: 'Go back',
        submit: 'Sign: go back',
        metadata,
        blocks: [
          section(
            `*You sign going back to ${beforeText(state, 'state', ` of ${code(state.proposal.cluster)}`)}.* ${beforeTextFirst(state, 'logs')} return on all hosts; what was committed is set aside.${state.look?.unclean === true ? ' *It is no longer clean:* something else has reconciled, and going back kills and starts tasks.' : ''} It needs ${needed} people.`,
          ),
          ...aboutBlocks(state),
          ...addsBlocks(state, { gate: 'go-back', userId }),
          reasonField(),
          ...signingBlocks(signing),
        ],
      });
    },
    read: ({ values }) => ({ ...readReason({ values }), ...readSignature(values) }),
  },
  reply: signOffDialogue.reply,
};

/** The gate is open: whoever comes next signs. */
export function signGoBackButton(state: RestoreState): Button {
  return button({
    actionId: 'go-back',
    label: 'Sign: go back…',
    value: gateValue(state, 'go-back'),
    style: 'danger',
  });
}

/** None where there is nothing to go back from. */
export function goBackButtons(state: RestoreState): Button[] {
  return mayGoBack(state)
    ? [
        button({
          actionId: 'go-back',
          label: `Go back to ${beforeText(state, 'state')}…`,
          value: plainValue(state),
        }),
      ]
    : [];
}
