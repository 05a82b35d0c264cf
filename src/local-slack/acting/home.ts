import type { Dispatcher } from '../delivery/dispatcher.ts';
import { eventPayload, viewOutput } from '../payloads.ts';
import type { Workspace } from '../state/workspace.ts';
import { findActor } from './actor.ts';

/** A person opens the app's Home or Messages tab: the app hears `app_home_opened` if it asked to. */
export function openHome(
  { workspace, dispatcher }: { workspace: Workspace; dispatcher: Dispatcher },
  act: { user: string; tab: 'home' | 'messages' },
): void {
  const user = findActor(workspace, act.user);
  const events = workspace.people.app.events ?? ['app_home_opened'];
  if (!events.includes('app_home_opened')) return;
  const channel = workspace.openDirect([workspace.people.app.botUserId, user.id]);
  const view = workspace.views.homeOf(user.id);
  const event = {
    type: 'app_home_opened',
    user: user.id,
    channel: channel.id,
    tab: act.tab,
    ...(view === undefined ? {} : { view: viewOutput(workspace, view) }),
    event_ts: workspace.nextTs(),
  };
  dispatcher.tell(eventPayload(workspace, event), `app_home_opened by ${user.name}`);
}
