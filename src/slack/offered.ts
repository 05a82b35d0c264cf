/**
 * Which buttons a message of ours has ever had. A press counts only when the very message it comes from has borne that button: a
 * message that somebody else has posted or edited with the bot's token gives no press any weight.
 */
import type { ActionsBlock, KnownBlock } from '@slack/types';
import type { Recorded } from '../aurora/journal.ts';
import type { RestoreEvent } from '../restore/record/events.ts';
import { foldRecord } from '../restore/record/fold.ts';
import type { RestoreState } from '../restore/record/state.ts';
import { actions } from './blocks.ts';
import { buttonsFor } from './messages/buttons.ts';
import { messagesOf, type Said } from './messages/replies.ts';

/** What is pressed. */
export interface Pressed {
  readonly actionId: string;
  readonly value: string;
}

/**
 * Whether the message of this name (`card`, `17.0`) has had the button at any state since it was said: one that has gone by now is
 * answered with what has changed since, so it counts as offered.
 */
export function hasOffered(
  records: readonly Recorded<RestoreEvent>[],
  name: string,
  pressed: Pressed,
): boolean {
  const seq = Number(name.split('.')[0]);
  let state: RestoreState | null = null;
  let said: Said | undefined;
  return records.some((record, index) => {
    state = foldRecord(state, record);
    if (name === cardName) return has(actions(buttonsFor(state)), pressed);
    if (record.seq === seq) {
      const next = records[index + 1]?.event ?? null;
      const messages = messagesOf({ record, state, next, decisions: [] });
      said = messages.find((each): each is Said => each.kind === 'message' && each.name === name);
    }
    return said !== undefined && has(said.render(state, null).blocks, pressed);
  });
}

/** The name of the restore's message in the channel. */
export const cardName = 'card';

function has(blocks: readonly KnownBlock[], { actionId, value }: Pressed): boolean {
  return blocks
    .filter((block): block is ActionsBlock => block.type === 'actions')
    .some(({ elements }) =>
      elements.some((each) =>
        each.type === 'overflow'
          ? each.options.some((option) => option.value === `${actionId} ${value}`)
          : each.type === 'button' && each.action_id === actionId && each.value === value,
      ),
    );
}
