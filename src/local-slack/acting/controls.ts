import { z } from 'zod';
import { AuroraError } from '../../aurora/errors.ts';
import { optionGroup, plainOption } from '../block-kit/composition.ts';
import type { Dispatcher } from '../delivery/dispatcher.ts';
import { blockActionsPayload, suggestionPayload } from '../payloads.ts';
import type { StateValue, ViewValues } from '../state/entities.ts';
import { type GivenValue, initialValues, stateValue } from '../state/values.ts';
import type { Workspace } from '../state/workspace.ts';
import { findActor } from './actor.ts';
import { type ControlAddress, type FoundControl, findControl } from './places.ts';

interface ControlUse extends ControlAddress {
  readonly user: string;
  /** For selects, radio buttons, checkboxes, pickers: the option's value, the id, the date. */
  readonly value?: GivenValue | undefined;
  /** The confirm dialog has been answered with yes. */
  readonly confirmed?: boolean | undefined;
  /** The press left their machine just before they were deactivated. */
  readonly under_way?: boolean | undefined;
}

type UseResult =
  /** The element asks first; nothing was sent. */
  | { readonly kind: 'confirm'; readonly confirm: unknown }
  | { readonly kind: 'sent'; readonly error: string | null; readonly confirm: unknown }
  /** A field of a modal changed and the app does not want to hear of it. */
  | { readonly kind: 'kept' };

const suggestionAnswer = z.union([
  z.strictObject({ options: z.array(plainOption).max(100) }),
  z.strictObject({ option_groups: z.array(optionGroup).min(1).max(100) }),
]);

type Option = z.infer<typeof plainOption>;

interface Suggestions {
  /** All of them, in order. */
  readonly options: readonly Option[];
  /** The same under their labels, when the app gave groups. */
  readonly option_groups: readonly z.infer<typeof optionGroup>[];
  /** `unfit`: the answer is not one Slack takes, and people see no options. */
  readonly error: string | null;
}

/** Slack asks the app from this many letters on, unless the element says otherwise. */
const queryLengthDefault = 3;

/** People pressing, choosing and asking for suggestions, in messages and views. */
export class Controls {
  private readonly workspace: Workspace;
  private readonly dispatcher: Dispatcher;
  /** What each person has chosen in each message, so that `state.values` tells all of it. */
  private readonly chosen = new Map<string, ViewValues>();
  /** What external selects have offered, so that a choice can be recognised. */
  private readonly offered = new Map<string, Map<string, Option>>();

  constructor(world: { workspace: Workspace; dispatcher: Dispatcher }) {
    this.workspace = world.workspace;
    this.dispatcher = world.dispatcher;
  }

  async use(use: ControlUse): Promise<UseResult> {
    const user = findActor(this.workspace, use.user, { underWay: use.under_way === true });
    const found = findControl(this.workspace, user, use);
    const { element, blockId } = found;
    const confirm = 'confirm' in element ? (element.confirm ?? null) : null;
    if (confirm !== null && use.confirmed !== true) return { kind: 'confirm', confirm };
    if (element.type !== 'button' && use.value === undefined)
      throw new AuroraError({
        code: 'no-value',
        message: `${use.action_id} is a ${element.type} and needs a value.`,
        hint: 'Give `value`: what is chosen.',
      });
    const offered = [...(this.offered.get(element.action_id ?? '')?.values() ?? [])];
    const value = stateValue(element, use.value ?? null, offered);
    const state = this.remember(found, use.user, value);
    if (!wantsToHear(found)) return { kind: 'kept' };
    const payload = blockActionsPayload(this.workspace, {
      user,
      place: this.refreshed(found),
      element,
      blockId,
      value,
      state,
    });
    const ack = await this.dispatcher.ask('interactive', payload, `${user.name} uses ${use.action_id}`);
    return { kind: 'sent', confirm, error: ack.kind === 'acked' ? null : ack.kind };
  }

  /** Asks the app what an external select offers for what has been typed into it. */
  async suggest(ask: ControlAddress & { user: string; value: string }): Promise<Suggestions> {
    const user = findActor(this.workspace, ask.user);
    const { place, blockId, element } = findControl(this.workspace, user, ask);
    const least = 'min_query_length' in element ? element.min_query_length : undefined;
    if (ask.value.length < (least ?? queryLengthDefault)) return noSuggestions(null);
    const payload = suggestionPayload(this.workspace, {
      user,
      place,
      actionId: ask.action_id,
      blockId,
      value: ask.value,
    });
    const ack = await this.dispatcher.ask('interactive', payload, `options for ${ask.action_id}`);
    if (ack.kind !== 'acked') return noSuggestions(ack.kind);
    const answer = suggestionAnswer.safeParse(ack.body);
    if (!answer.success) return noSuggestions('unfit');
    const groups = 'option_groups' in answer.data ? answer.data.option_groups : [];
    const options = 'options' in answer.data ? answer.data.options : groups.flatMap((group) => group.options);
    const known = this.offered.get(ask.action_id) ?? new Map<string, Option>();
    for (const option of options) known.set(option.value, option);
    this.offered.set(ask.action_id, known);
    return { options, option_groups: groups, error: null };
  }

  /** The wire values of what was given to the fields of a view, by block id. */
  valuesOf(viewId: string, given: Readonly<Record<string, unknown>>): ViewValues {
    const view = this.workspace.views.find(viewId);
    const values: Record<string, Record<string, StateValue>> = {};
    for (const block of view?.definition.blocks ?? []) {
      if (block.type !== 'input' || block.block_id === undefined) continue;
      const { element } = block;
      const inBlock = given[block.block_id];
      const one = isValue(inBlock) ? inBlock : readInner(inBlock, element.action_id ?? '');
      if (one === undefined) continue;
      const offered = [...(this.offered.get(element.action_id ?? '')?.values() ?? [])];
      values[block.block_id] = { [element.action_id ?? '']: stateValue(element, one, offered) };
    }
    return values;
  }

  private remember(found: FoundControl, userId: string, value: StateValue): ViewValues {
    const { place, element, blockId, blocks } = found;
    const keeps = element.type !== 'button' && element.type !== 'overflow';
    const mine = { [blockId]: { [element.action_id ?? '']: value } };
    if (place.kind === 'view') {
      if (keeps) this.workspace.views.setValues(place.view.id, mine);
      return {};
    }
    const key = `${userId} ${place.channel.id} ${place.message.ts}`;
    const before = this.chosen.get(key) ?? {};
    const state: Record<string, ViewValues[string]> = {};
    for (const [id, actions] of Object.entries(initialValues(blocks)))
      state[id] = { ...actions, ...before[id], ...(keeps ? mine[id] : {}) };
    this.chosen.set(key, state);
    return state;
  }

  private refreshed(found: FoundControl): FoundControl['place'] {
    if (found.place.kind !== 'view') return found.place;
    return { kind: 'view', view: this.workspace.views.find(found.place.view.id) ?? found.place.view };
  }
}

/** Input blocks are silent unless they say `dispatch_action`. */
function wantsToHear({ blocks, blockId }: FoundControl): boolean {
  const block = blocks.find((candidate) => candidate.block_id === blockId);
  return block?.type !== 'input' || block.dispatch_action === true;
}

function noSuggestions(error: string | null): Suggestions {
  return { options: [], option_groups: [], error };
}

function isValue(value: unknown): value is GivenValue {
  return (
    value === null ||
    typeof value === 'string' ||
    (Array.isArray(value) && value.every((inner) => typeof inner === 'string'))
  );
}

function readInner(value: unknown, actionId: string): GivenValue | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const inner: unknown = Reflect.get(value, actionId);
  return isValue(inner) ? inner : undefined;
}
