import type { Button } from '@slack/types';
import type { RestoreState } from '../../restore/record/state.ts';
import { shortDigest } from '../../restore/rules/digest.ts';
import { button, context, section } from '../blocks.ts';
import { code, quote } from '../escape.ts';
import { missingSignOffs } from '../messages/approvers.ts';
import { warningLines } from '../messages/preflight.ts';
import { restoredText } from '../messages/procedure.ts';
import { readSignature, signingBlocks, unsignedNote } from '../signing.ts';
import { clockTime, count } from '../time.ts';
import { form, typed } from '../views/modal.ts';
import { aboutBlocks, addsBlocks, effectsText } from './about.ts';
import { by, type Dialogue, gateValue } from './dialogue.ts';
import { fieldNames } from './fields.ts';
import { gateText } from './gate-words.ts';

/** Approve the stop, or sign off the commit. Going back is signed with its own button. */
export const signOffDialogue: Dialogue<'sign-off'> = {
  decision: 'sign-off',
  buttons: { 'approve-stop': { gate: 'stop' }, 'sign-off-commit': { gate: 'commit' } },
  form: {
    id: 'approve',
    signs: (gate) => gate ?? 'commit',
    show: ({ state, gate, metadata, userId, signing }) => {
      const cluster = code(state.proposal.cluster);
      const isStop = gate === 'stop';
      return form({
        id: 'approve',
        title: isStop ? 'Approve the stop' : 'Sign off',
        submit: isStop ? 'Approve' : 'Sign off',
        metadata,
        blocks: [
          ...warningLines(state).map(section),
          section(
            isStop
              ? `*You approve stopping the schedulers of ${cluster}.* Tasks keep running.`
              : `*You sign replacing the storage of ${cluster} by ${restoredText(state)}: ${effectsText(state)}.* Your signature alone commits nothing.`,
          ),
          ...aboutBlocks(state),
          ...addsBlocks(state, { gate: gate ?? 'commit', userId }),
          typed({
            name: fieldNames.comment,
            label: 'A note for the record',
            optional: true,
            placeholder: 'checked with ads, go',
          }),
          ...signingBlocks(signing),
          context(`Digest \`${shortDigest(state.gates[gate ?? 'commit']?.digest ?? '')}\``),
        ],
      });
    },
    read: ({ values }) => ({ comment: values[fieldNames.comment] ?? '', ...readSignature(values) }),
  },
  // `@bo approved stopping the schedulers of east (14:19) · digest 9c1e-3 · "checked with ads, go"`
  reply: (event, { at, state }) => {
    const verb = event.gate === 'stop' ? 'approved' : 'signed off';
    const missing = missingSignOffs(state, event.gate);
    const key = event.proof === undefined ? '' : ` · signed with ${code(event.proof.key)}`;
    const tail = event.comment.trim() === '' ? key : `${key} · ${quote(event.comment)}`;
    return {
      blocks: [
        section(
          `*${by(event.person)} ${verb} ${gateText(state, event.gate, ` of ${code(state.proposal.cluster)}`)}* (${clockTime(at)}) · digest \`${shortDigest(event.digest)}\`${tail}`,
        ),
        ...(event.proof === undefined ? unsignedNote(state) : []),
        ...(missing > 0 ? [context(`${count(missing, 'more sign-off')} needed.`)] : []),
      ],
    };
  },
};

export function approveStopButton(state: RestoreState): Button {
  return button({
    actionId: 'approve-stop',
    label: 'Approve: stop the schedulers…',
    value: gateValue(state, 'stop'),
    style: 'primary',
  });
}

export function signOffCommitButton(state: RestoreState): Button {
  return button({
    actionId: 'sign-off-commit',
    label: 'Sign off…',
    value: gateValue(state, 'commit'),
    style: 'primary',
  });
}
