import type { Channel } from '../state/channels.ts';
import type { Workspace } from '../state/workspace.ts';
import type { Arguments } from './arguments.ts';

/** One Web API method as the router knows it. */
export interface Method {
  readonly token: 'bot' | 'app' | 'any';
  /** Scopes the bot token needs; more may be asked for by `scopesFor`, once the channel is known. */
  readonly scopes: readonly string[];
  /** Rate limit tier 1..4, or `special` for posting: a bucket per channel (slack.md 4.3). */
  readonly tier: 1 | 2 | 3 | 4 | 'special';
  /** The fields of the answer beside `ok`; throws `SlackRefusal`. */
  run(call: Call): Record<string, unknown>;
}

export interface Call {
  readonly args: Arguments;
  readonly workspace: Workspace;
  /** Asks for one more scope; throws `missing_scope`. */
  requireScope(scope: string): void;
  /** Address for the next Socket Mode connection. */
  issueSocketUrl(): string;
}

/** `channels:history` for public channels, `groups:history` for private ones, `im:history` for direct messages. */
export function scopeFor(channel: Channel, suffix: 'read' | 'history' | 'write'): string {
  const prefix = channel.kind === 'public' ? 'channels' : channel.kind === 'private' ? 'groups' : 'im';
  return `${prefix}:${suffix}`;
}

/** One page of a list with Slack's cursors: a base64 offset, empty at the end. */
export function page<T>(
  items: readonly T[],
  limits: { limit: number; max: number; cursor: string | undefined },
): { items: readonly T[]; more: boolean; response_metadata: { next_cursor: string } } {
  const offset = limits.cursor === undefined ? 0 : Number(atob(limits.cursor).replace('offset:', ''));
  const end = offset + Math.min(Math.max(limits.limit, 1), limits.max);
  return {
    items: items.slice(offset, end),
    more: end < items.length,
    response_metadata: { next_cursor: end < items.length ? btoa(`offset:${end}`) : '' },
  };
}
