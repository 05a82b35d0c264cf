import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Clock } from '../../src/aurora/clock.ts';
import { type LocalSlack, startLocalSlack } from '../../src/local-slack/local-slack.ts';
import type { LocalSlackOptions } from '../../src/local-slack/options.ts';

/** A small workspace for tests: two on-call people, a guest, somebody who left, somebody from elsewhere, one app. */

export const botToken = 'xoxb-local-1';
export const appToken = 'xapp-local-1';
export const signingSecret = 'local-signing-secret';

/** The machine's clock; `shift` moves it forward without waiting. */
export function movableClock(): Clock & { shift(ms: number): void } {
  let shifted = 0;
  return {
    now: () => Date.now() + shifted,
    shift: (ms) => {
      shifted += ms;
    },
    sleep: async (ms, signal) => {
      await sleep(ms, undefined, { ...(signal === undefined ? {} : { signal }), ref: false }).catch(
        () => undefined,
      );
    },
  };
}

export const allScopes = [
  'commands',
  'chat:write',
  'users:read',
  'usergroups:read',
  'channels:read',
  'groups:read',
  'channels:history',
  'groups:history',
  'app_mentions:read',
  'files:write',
  'pins:write',
];

/** Starts a local Slack on a free port; anything may be changed. */
export async function startWorld(changes: Partial<LocalSlackOptions> = {}): Promise<LocalSlack> {
  return await startLocalSlack({
    port: 0,
    team: { id: 'T0LOCAL', name: 'Acme', domain: 'acme' },
    users: [
      { id: 'U0ANA', name: 'ana', realName: 'Ana Requester', title: 'Requester' },
      { id: 'U0BO', name: 'bo', realName: 'Bo Approver', title: 'On call' },
      { id: 'U0CY', name: 'cy', realName: 'Cy Approver', title: 'On call' },
      { id: 'U0GUS', name: 'gus', realName: 'Gus Guest', isRestricted: true },
      { id: 'U0DEE', name: 'dee', realName: 'Dee Gone', deleted: true },
      { id: 'U0EVE', name: 'eve', realName: 'Eve Elsewhere', teamId: 'T0OTHER' },
    ],
    usergroups: [
      { id: 'S0ONCALL', handle: 'aurora-oncall', name: 'Aurora on call', users: ['U0BO', 'U0CY', 'U0DEE'] },
    ],
    channels: [
      {
        id: 'C0OPS',
        name: 'aurora-ops',
        members: ['U0ANA', 'U0BO', 'U0CY', 'U0GUS', 'U0EVE', 'U0BOT'],
        topic: 'Restores of Aurora',
      },
      { id: 'C0OUT', name: 'general', members: ['U0ANA', 'U0BO'] },
      { id: 'C0PRIV', name: 'secret', members: ['U0ANA'], isPrivate: true },
    ],
    app: {
      appId: 'A0AURORA',
      name: 'Aurora',
      botUserId: 'U0BOT',
      botToken,
      appToken,
      signingSecret,
      commands: [
        {
          command: '/aurora',
          description: 'Aurora clusters',
          usageHint: 'help | leader | backups | restore',
        },
      ],
      scopes: allScopes,
    },
    delivery: { kind: 'socket' },
    clock: movableClock(),
    ...changes,
  });
}

const json = z.record(z.string(), z.unknown());

/** One Web API call without an SDK, so that refusals can be looked at. */
export async function callApi(
  slack: LocalSlack,
  method: string,
  args: Record<string, unknown>,
  token: string = botToken,
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const response = await fetch(slack.apiUrl + method, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(args),
  });
  return { status: response.status, headers: response.headers, body: json.parse(await response.json()) };
}

/** Acts or reads through the control API. */
export async function control(
  slack: LocalSlack,
  path: string,
  body?: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${slack.url}/control/${path}`, {
    ...(body === undefined
      ? {}
      : {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
  });
  return json.parse(await response.json());
}

const eventsAnswer = z.object({ next: z.number(), events: z.array(z.looseObject({ type: z.string() })) });
type SeenEvent = z.infer<typeof eventsAnswer>['events'][number];

/** Reads the feed through the control API until an event fits; fails after ten seconds. */
export async function waitForEvent(
  slack: LocalSlack,
  fits: (event: SeenEvent) => boolean,
  after = 0,
): Promise<SeenEvent> {
  const deadline = Date.now() + 10_000;
  let next = after;
  while (Date.now() < deadline) {
    const answer = eventsAnswer.parse(await control(slack, `events?after=${next}&timeout_ms=2000`));
    const found = answer.events.find(fits);
    if (found !== undefined) return found;
    next = answer.next;
  }
  throw new Error('the awaited event did not come within 10 s');
}

const messages = z.object({
  messages: z.array(z.looseObject({ ts: z.string(), user: z.string(), plain: z.string(), text: z.string() })),
});
export type SeenMessage = z.infer<typeof messages>['messages'][number];

/** Messages of a channel (or of `thread`) as `user` sees them. */
export async function readMessages(
  slack: LocalSlack,
  where: { channel: string; thread?: string; user?: string },
): Promise<SeenMessage[]> {
  const path = where.thread === undefined ? 'messages' : `threads/${where.thread}`;
  const query = where.user === undefined ? '' : `?user=${where.user}`;
  return messages.parse(await control(slack, `channels/${where.channel}/${path}${query}`)).messages;
}
