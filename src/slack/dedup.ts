/** Names of deliveries: Slack may deliver the same press twice, and nothing else tells (slack.md 1.6). */

/** `null` where Slack gives nothing that names the delivery: then it is taken as new. */
export function commandKey(body: { team_id?: string; user_id: string; trigger_id: string }): string {
  return `command:${body.team_id ?? ''}:${body.user_id}:${body.trigger_id}`;
}

export function pressKey(press: {
  teamId: string;
  userId: string;
  place: string;
  actionId: string;
  actionTs: string;
}): string {
  return `press:${press.teamId}:${press.userId}:${press.place}:${press.actionId}:${press.actionTs}`;
}

export function submissionKey(view: { id: string; hash: string }, userId: string): string {
  return `view:${view.id}:${view.hash}:${userId}`;
}

export function shortcutKey(used: {
  teamId: string;
  userId: string;
  callbackId: string;
  actionTs: string;
}): string {
  return `shortcut:${used.teamId}:${used.userId}:${used.callbackId}:${used.actionTs}`;
}

export function eventKey(eventId: string): string {
  return `event:${eventId}`;
}
