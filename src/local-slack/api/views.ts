import type { ViewDefinition } from '../block-kit/views.ts';
import { viewOutput } from '../payloads.ts';
import { SlackRefusal } from '../refusal.ts';
import type { OpenView } from '../state/entities.ts';
import type { FeedFact } from '../state/feed.ts';
import type { Workspace } from '../state/workspace.ts';
import type { Call, Method } from './method.ts';

const open: Method = {
  token: 'bot',
  scopes: [],
  tier: 4,
  run: ({ args, workspace }) => {
    const definition = readModal(args, workspace);
    const trigger = workspace.triggers.exchange(readTrigger(args));
    return shown(workspace, 'view_opened', workspace.views.open(trigger.user, definition));
  },
};

const push: Method = {
  token: 'bot',
  scopes: [],
  tier: 4,
  run: ({ args, workspace }) => {
    const definition = readModal(args, workspace);
    const trigger = workspace.triggers.exchange(readTrigger(args));
    if (trigger.viewId === null) throw new SlackRefusal('not_found');
    return shown(workspace, 'view_pushed', workspace.views.push(trigger.user, definition));
  },
};

const update: Method = {
  token: 'bot',
  scopes: [],
  tier: 4,
  run: ({ args, workspace }) => {
    const externalId = args.optional('external_id');
    const id =
      externalId === undefined ? args.required('view_id') : workspace.views.findByExternalId(externalId)?.id;
    const definition = args.view(workspace.rules);
    if (id === undefined) throw new SlackRefusal('not_found');
    return shown(workspace, 'view_updated', workspace.views.update(id, definition, args.optional('hash')));
  },
};

const publish: Method = {
  token: 'bot',
  scopes: [],
  tier: 4,
  run: ({ args, workspace }) => {
    const user = workspace.people.find(args.required('user_id'));
    if (user === undefined) throw new SlackRefusal('user_not_found');
    const definition = args.view(workspace.rules);
    if (definition.type !== 'home') throw new SlackRefusal('invalid_arguments');
    return shown(
      workspace,
      'home_published',
      workspace.views.publish(user.id, definition, args.optional('hash')),
    );
  },
};

export const viewMethods: Readonly<Record<string, Method>> = {
  'views.open': open,
  'views.push': push,
  'views.update': update,
  'views.publish': publish,
};

/** Tells the feed and returns the answer's `view`. */
export function shown(
  workspace: Workspace,
  type: Extract<FeedFact, { view: unknown }>['type'],
  view: OpenView,
): { view: ReturnType<typeof viewOutput> } {
  const output = viewOutput(workspace, view);
  workspace.feed.append({
    type,
    user: view.user,
    view_id: view.id,
    callback_id: output.callback_id,
    view: output,
  });
  return { view: output };
}

function readTrigger(args: Call['args']): string {
  return args.optional('trigger_id') ?? args.required('interactivity_pointer');
}

function readModal(args: Call['args'], workspace: Workspace): ViewDefinition {
  const definition = args.view(workspace.rules);
  if (definition.type !== 'modal') throw new SlackRefusal('invalid_arguments');
  if (
    definition.external_id !== undefined &&
    workspace.views.findByExternalId(definition.external_id) !== undefined
  )
    throw new SlackRefusal('duplicate_external_id');
  return definition;
}
