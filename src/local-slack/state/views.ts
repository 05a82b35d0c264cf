import { createHash } from 'node:crypto';
import type { Block } from '../block-kit/blocks.ts';
import type { ViewDefinition } from '../block-kit/views.ts';
import { elementsOf } from '../block-kit-rules.ts';
import { SlackRefusal } from '../refusal.ts';
import type { OpenView, ViewValues } from './entities.ts';
import { newId } from './ids.ts';
import { initialValues } from './values.ts';

/** The modals each person has open, as stacks of at most three, and their Home tabs. */
export class Views {
  private readonly stacks = new Map<string, OpenView[]>();
  private readonly homes = new Map<string, OpenView>();
  private readonly stackMax: number;
  private revisions = 0;

  constructor(stackMax: number) {
    this.stackMax = stackMax;
  }

  stackOf(user: string): readonly OpenView[] {
    return this.stacks.get(user) ?? [];
  }

  homeOf(user: string): OpenView | undefined {
    return this.homes.get(user);
  }

  find(id: string): OpenView | undefined {
    return [...this.stacks.values(), [...this.homes.values()]].flat().find((view) => view.id === id);
  }

  findByExternalId(externalId: string): OpenView | undefined {
    return [...this.stacks.values()].flat().find((view) => view.definition.external_id === externalId);
  }

  /** Opens a new modal; whatever the person had open is replaced, as in Slack's clients. */
  open(user: string, definition: ViewDefinition): OpenView {
    const view = this.create(user, definition, null);
    this.stacks.set(user, [view]);
    return view;
  }

  push(user: string, definition: ViewDefinition): OpenView {
    const stack = [...this.stackOf(user)];
    const top = stack.at(-1);
    if (top === undefined) throw new SlackRefusal('not_found');
    if (stack.length >= this.stackMax) throw new SlackRefusal('push_limit_reached');
    const view = this.create(user, definition, top);
    this.stacks.set(user, [...stack, view]);
    return view;
  }

  publish(user: string, definition: ViewDefinition, hash: string | undefined): OpenView {
    const current = this.homes.get(user);
    if (hash !== undefined && current?.hash !== hash) throw new SlackRefusal('hash_conflict');
    const view =
      current === undefined ? this.create(user, definition, null) : this.revise(current, definition);
    this.homes.set(user, view);
    return view;
  }

  /** Replaces what a view shows; inputs with the same block and action ids keep what was typed. */
  update(id: string, definition: ViewDefinition, hash: string | undefined): OpenView {
    const current = this.find(id);
    if (current === undefined) throw new SlackRefusal('not_found');
    if (hash !== undefined && current.hash !== hash) throw new SlackRefusal('hash_conflict');
    const view = this.revise(current, definition);
    this.replace(view);
    return view;
  }

  setValues(id: string, values: ViewValues): OpenView | undefined {
    const current = this.find(id);
    if (current === undefined) return undefined;
    const view = { ...current, values: mergeValues(current.values, values) };
    this.replace(view);
    return view;
  }

  /** Removes the view and everything above it; returns what was removed, top first. */
  close(id: string): readonly OpenView[] {
    for (const [user, stack] of this.stacks) {
      const index = stack.findIndex((view) => view.id === id);
      if (index < 0) continue;
      this.stacks.set(user, stack.slice(0, index));
      return stack.slice(index).reverse();
    }
    return [];
  }

  private replace(view: OpenView): void {
    if (this.homes.get(view.user)?.id === view.id) this.homes.set(view.user, view);
    const stack = this.stackOf(view.user);
    this.stacks.set(
      view.user,
      stack.map((open) => (open.id === view.id ? view : open)),
    );
  }

  private create(user: string, given: ViewDefinition, below: OpenView | null): OpenView {
    const definition = { ...given, blocks: withIds(given.blocks) };
    const id = newId('V');
    return {
      id,
      user,
      definition,
      hash: this.nextHash(id),
      values: initialValues(definition.blocks),
      rootViewId: below?.rootViewId ?? id,
      previousViewId: below?.id ?? null,
    };
  }

  private revise(current: OpenView, given: ViewDefinition): OpenView {
    const definition = { ...given, blocks: withIds(given.blocks) };
    return {
      ...current,
      definition,
      hash: this.nextHash(current.id),
      values: keepTyped(current.values, initialValues(definition.blocks)),
    };
  }

  private nextHash(id: string): string {
    this.revisions += 1;
    return `${this.revisions}.${createHash('sha256').update(`${id}.${this.revisions}`).digest('hex').slice(0, 8)}`;
  }
}

/** Gives every block a `block_id` and every element an `action_id`, as Slack does to what it stores. */
export function withIds<B extends Block>(blocks: readonly B[]): B[] {
  return blocks.map((block, index) => {
    const named = { ...structuredClone(block), block_id: block.block_id ?? newId('').slice(0, 5) };
    for (const [position, element] of elementsOf(named).entries())
      element.action_id ??= `a${index}_${position}_${newId('').slice(0, 4)}`;
    return named;
  });
}

function mergeValues(current: ViewValues, more: ViewValues): ViewValues {
  const merged: Record<string, ViewValues[string]> = { ...current };
  for (const [blockId, actions] of Object.entries(more)) merged[blockId] = { ...merged[blockId], ...actions };
  return merged;
}

function keepTyped(typed: ViewValues, fresh: ViewValues): ViewValues {
  return Object.fromEntries(
    Object.entries(fresh).map(([blockId, actions]) => [
      blockId,
      Object.fromEntries(
        Object.entries(actions).map(([actionId, value]) => {
          const kept = typed[blockId]?.[actionId];
          return [actionId, kept !== undefined && kept.type === value.type ? kept : value];
        }),
      ),
    ]),
  );
}
