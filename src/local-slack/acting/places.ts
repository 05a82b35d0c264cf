import { AuroraError } from '../../aurora/errors.ts';
import type { Block } from '../block-kit/blocks.ts';
import type { InteractiveElement } from '../block-kit/elements.ts';
import { elementsOf } from '../block-kit-rules.ts';
import type { LocalUser } from '../options.ts';
import type { ControlPlace } from '../payloads.ts';
import type { Workspace } from '../state/workspace.ts';
import { findActorsChannel } from './actor.ts';

/** Names a control: in a message by channel and ts, or in an open view. `block_id` and `value` only tell twins apart. */
export interface ControlAddress {
  readonly channel?: string | undefined;
  readonly ts?: string | undefined;
  readonly view_id?: string | undefined;
  readonly action_id: string;
  readonly block_id?: string | undefined;
}

export interface FoundControl {
  readonly place: ControlPlace;
  readonly element: InteractiveElement;
  readonly blockId: string;
  readonly blocks: readonly Block[];
}

/** Finds what the person is about to use, if it is before their eyes. */
export function findControl(workspace: Workspace, user: LocalUser, address: ControlAddress): FoundControl {
  const place = findPlace(workspace, user, address);
  const blocks = place.kind === 'view' ? place.view.definition.blocks : (place.message.blocks ?? []);
  for (const block of blocks) {
    if (address.block_id !== undefined && block.block_id !== address.block_id) continue;
    const element = elementsOf(block).find((candidate) => candidate.action_id === address.action_id);
    if (element !== undefined) return { place, element, blocks, blockId: block.block_id ?? '' };
  }
  const offered = blocks.flatMap(elementsOf).map((element) => element.action_id);
  throw new AuroraError({
    code: 'no-such-control',
    message: `There is no control ${address.action_id} there.`,
    hint: offered.length === 0 ? 'It has no controls at all.' : `It has ${offered.join(', ')}.`,
  });
}

function findPlace(workspace: Workspace, user: LocalUser, address: ControlAddress): ControlPlace {
  if (address.view_id !== undefined) {
    const view = workspace.views.find(address.view_id);
    if (view === undefined || view.user !== user.id)
      throw new AuroraError({
        code: 'no-such-view',
        message: `${user.name} has no view ${address.view_id} open.`,
        hint: `Ask /control/users/${user.id}/views what is open.`,
      });
    return { kind: 'view', view };
  }
  const ts = address.ts ?? '';
  const ephemeral = workspace.messages.findEphemeral(ts);
  if (ephemeral !== undefined && ephemeral.recipient === user.id) {
    const channel = findActorsChannel(workspace, user, ephemeral.channel);
    return { kind: 'ephemeral', channel, message: ephemeral };
  }
  const channel = findActorsChannel(workspace, user, address.channel ?? '');
  const message = workspace.messages.find(channel.id, ts);
  if (message === undefined)
    throw new AuroraError({
      code: 'no-such-message',
      message: `There is no message ${ts} in #${channel.name}.`,
      hint: `Read /control/channels/${channel.id}/messages.`,
    });
  return { kind: 'message', channel, message };
}
