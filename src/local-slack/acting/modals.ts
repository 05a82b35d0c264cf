import { z } from 'zod';
import { AuroraError } from '../../aurora/errors.ts';
import { acceptView } from '../api/arguments.ts';
import { shown } from '../api/views.ts';
import type { InputBlock } from '../block-kit/blocks.ts';
import type { Dispatcher } from '../delivery/dispatcher.ts';
import type { LocalUser } from '../options.ts';
import { viewClosedPayload, viewOutput, viewSubmissionPayload } from '../payloads.ts';
import { SlackRefusal } from '../refusal.ts';
import type { OpenView, StateValue } from '../state/entities.ts';
import { isEmptyValue } from '../state/values.ts';
import type { Workspace } from '../state/workspace.ts';
import { findActor } from './actor.ts';
import type { Controls } from './controls.ts';

type SubmitResult =
  | { readonly kind: 'closed' | 'cleared' | 'updated' | 'pushed' }
  /** By block id; shown at the fields. The view stays open. */
  | { readonly kind: 'errors'; readonly errors: Readonly<Record<string, string>> }
  /** The app did not answer as it should; the view stays open with this above it. */
  | { readonly kind: 'failed'; readonly error: string };

const submitAnswer = z.discriminatedUnion('response_action', [
  z.object({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string()) }),
  z.object({ response_action: z.literal('update'), view: z.unknown() }),
  z.object({ response_action: z.literal('push'), view: z.unknown() }),
  z.object({ response_action: z.literal('clear') }),
]);

/** People submitting and closing modals. */
export class Modals {
  private readonly workspace: Workspace;
  private readonly dispatcher: Dispatcher;
  private readonly controls: Controls;

  constructor(world: { workspace: Workspace; dispatcher: Dispatcher; controls: Controls }) {
    this.workspace = world.workspace;
    this.dispatcher = world.dispatcher;
    this.controls = world.controls;
  }

  /** Submits the top modal (or `view_id`) with `values` by block id; fields not given keep what they have. */
  async submit(act: {
    user: string;
    view_id?: string | undefined;
    values: Readonly<Record<string, unknown>>;
    under_way?: boolean | undefined;
  }): Promise<SubmitResult> {
    const user = findActor(this.workspace, act.user, { underWay: act.under_way === true });
    const open = this.findModal(user, act.view_id);
    this.requireKnownBlocks(open, act.values);
    const view = this.workspace.views.setValues(open.id, this.controls.valuesOf(open.id, act.values)) ?? open;
    const errors = clientErrors(view);
    if (Object.keys(errors).length > 0) return this.showErrors(view, errors);
    const payload = viewSubmissionPayload(this.workspace, user, view);
    const summary = `${user.name} submits ${view.definition.callback_id ?? view.id}`;
    const ack = await this.dispatcher.ask('interactive', payload, summary);
    if (ack.kind !== 'acked') return { kind: 'failed', error: ack.kind };
    try {
      return this.follow(view, ack.body);
    } catch (error) {
      if (!(error instanceof SlackRefusal)) throw error;
      return { kind: 'failed', error: [error.code, ...error.messages].join(' ') };
    }
  }

  /** Closes the top modal, or all of them; the app hears of those with `notify_on_close`. */
  async close(act: { user: string; view_id?: string | undefined; all?: boolean | undefined }): Promise<void> {
    const user = findActor(this.workspace, act.user);
    const view = this.findModal(user, act.view_id);
    const cleared =
      act.all === true || (view.definition.type === 'modal' && view.definition.clear_on_close === true);
    const bottom = cleared ? (this.workspace.views.stackOf(user.id)[0] ?? view) : view;
    const closed = this.workspace.views.close(bottom.id);
    for (const gone of closed) this.announceClosed(gone, cleared ? 'cleared' : 'closed');
    await Promise.all(
      closed
        .filter(({ definition }) => definition.type === 'modal' && definition.notify_on_close === true)
        .map((gone) =>
          this.dispatcher.ask(
            'interactive',
            viewClosedPayload(this.workspace, user, gone, cleared),
            `${user.name} closes ${gone.definition.callback_id ?? gone.id}`,
          ),
        ),
    );
  }

  private follow(view: OpenView, body: unknown): SubmitResult {
    if (isEmpty(body)) {
      for (const gone of this.workspace.views.close(view.id)) this.announceClosed(gone, 'submitted');
      return { kind: 'closed' };
    }
    const answer = submitAnswer.parse(body);
    switch (answer.response_action) {
      case 'errors': {
        const unknown = Object.keys(answer.errors).filter((blockId) => !hasInput(view, blockId));
        if (unknown.length > 0)
          return { kind: 'failed', error: `errors for blocks that are not inputs: ${unknown.join(', ')}` };
        return this.showErrors(view, answer.errors);
      }
      case 'clear': {
        const bottom = this.workspace.views.stackOf(view.user)[0] ?? view;
        for (const gone of this.workspace.views.close(bottom.id)) this.announceClosed(gone, 'cleared');
        return { kind: 'cleared' };
      }
      case 'update': {
        const definition = acceptView(answer.view, this.workspace.rules);
        shown(this.workspace, 'view_updated', this.workspace.views.update(view.id, definition, undefined));
        return { kind: 'updated' };
      }
      case 'push': {
        const definition = acceptView(answer.view, this.workspace.rules);
        shown(this.workspace, 'view_pushed', this.workspace.views.push(view.user, definition));
        return { kind: 'pushed' };
      }
    }
  }

  private showErrors(view: OpenView, errors: Readonly<Record<string, string>>): SubmitResult {
    this.workspace.feed.append({ type: 'view_errors', user: view.user, view_id: view.id, errors });
    return { kind: 'errors', errors };
  }

  private announceClosed(view: OpenView, how: 'submitted' | 'closed' | 'cleared'): void {
    this.workspace.feed.append({
      type: 'view_closed',
      user: view.user,
      view_id: view.id,
      callback_id: viewOutput(this.workspace, view).callback_id,
      how,
    });
  }

  private findModal(user: LocalUser, viewId: string | undefined): OpenView {
    const stack = this.workspace.views.stackOf(user.id);
    const view = viewId === undefined ? stack.at(-1) : stack.find((open) => open.id === viewId);
    if (view !== undefined) return view;
    throw new AuroraError({
      code: 'no-modal',
      message: `${user.name} has no modal open.`,
      hint: 'Press what opens it, then wait for view_opened in the feed.',
    });
  }

  private requireKnownBlocks(view: OpenView, values: Readonly<Record<string, unknown>>): void {
    for (const blockId of Object.keys(values))
      if (!hasInput(view, blockId))
        throw new AuroraError({
          code: 'no-such-field',
          message: `The modal has no field ${blockId}.`,
          hint: `It has ${inputsOf(view)
            .map((block) => block.block_id)
            .join(', ')}.`,
        });
  }
}

function inputsOf(view: OpenView): InputBlock[] {
  return view.definition.blocks.filter((block) => block.type === 'input');
}

function hasInput(view: OpenView, blockId: string): boolean {
  return inputsOf(view).some((block) => block.block_id === blockId);
}

/** What Slack's own clients refuse before the app hears of it. */
function clientErrors(view: OpenView): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const block of inputsOf(view)) {
    const value = view.values[block.block_id ?? '']?.[block.element.action_id ?? ''];
    const problem = clientError(block, value);
    if (problem !== null) errors[block.block_id ?? ''] = problem;
  }
  return errors;
}

function clientError(block: InputBlock, value: StateValue | undefined): string | null {
  if (isEmptyValue(value)) return block.optional === true ? null : 'Please complete this required field.';
  const text = typeof value?.value === 'string' ? value.value : '';
  const { element } = block;
  switch (element.type) {
    case 'plain_text_input':
      if (text.length < (element.min_length ?? 0))
        return `Please write at least ${element.min_length} characters.`;
      if (text.length > (element.max_length ?? 3000))
        return `Please keep this under ${(element.max_length ?? 3000) + 1} characters.`;
      return null;
    case 'number_input':
      if (!Number.isFinite(Number(text))) return 'Please enter a number.';
      if (!element.is_decimal_allowed && !Number.isInteger(Number(text)))
        return 'Please enter a whole number.';
      return null;
    case 'url_text_input':
      return URL.canParse(text) ? null : 'Please enter a valid URL.';
    case 'email_text_input':
      return /^\S+@\S+\.\S+$/.test(text) ? null : 'Please enter a valid email address.';
    default:
      return null;
  }
}

function isEmpty(body: unknown): boolean {
  return body === null || body === undefined || (typeof body === 'object' && Object.keys(body).length === 0);
}
