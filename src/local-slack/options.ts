import type { Clock } from '../aurora/clock.ts';
import type { SlackRules } from './limits.ts';

/** Someone in the workspace, or from another one. Absent flags are false. */
export interface LocalUser {
  readonly id: string;
  /** Handle, lower case: `ana`. */
  readonly name: string;
  readonly realName?: string;
  /** Shown under the name on the page, such as `Requester` or `On call`. */
  readonly title?: string;
  /** Another workspace's id makes this an external person. */
  readonly teamId?: string;
  readonly isAdmin?: boolean;
  /** Guest. */
  readonly isRestricted?: boolean;
  /** Single-channel guest. */
  readonly isUltraRestricted?: boolean;
  readonly isBot?: boolean;
  readonly deleted?: boolean;
  readonly presence?: 'active' | 'away';
  readonly tz?: string;
}

export interface LocalUsergroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly users: readonly string[];
}

export interface LocalChannel {
  readonly id: string;
  readonly name: string;
  /** User ids; include the app's bot user where it has been invited. */
  readonly members: readonly string[];
  readonly isPrivate?: boolean;
  readonly isArchived?: boolean;
  /** Shared with another organisation. */
  readonly isExtShared?: boolean;
  readonly topic?: string;
}

export interface LocalCommand {
  readonly command: string;
  readonly description?: string;
  readonly usageHint?: string;
  /** Mentions arrive as ids (slack.md 4.6). Default true. */
  readonly shouldEscape?: boolean;
}

export interface LocalApp {
  readonly appId: string;
  readonly name?: string;
  readonly botUserId: string;
  /** Derived from the bot user's id when absent. */
  readonly botId?: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly commands: readonly LocalCommand[];
  /** On messages. */
  readonly shortcuts?: readonly { readonly callbackId: string; readonly name: string }[];
  readonly scopes: readonly string[];
  /** Bot events of the manifest. Default: `app_mention`, `app_home_opened`. */
  readonly events?: readonly string[];
}

/** How payloads reach the app. The URL must be loopback: nothing leaves the machine. */
export type LocalDelivery = { readonly kind: 'socket' } | { readonly kind: 'http'; readonly url: string };

export interface LocalSlackOptions {
  /** A loopback address. Default `127.0.0.1`. */
  readonly host?: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly team: { readonly id: string; readonly name: string; readonly domain: string };
  readonly users: readonly LocalUser[];
  readonly usergroups?: readonly LocalUsergroup[];
  readonly channels: readonly LocalChannel[];
  readonly app: LocalApp;
  readonly delivery: LocalDelivery;
  readonly clock: Clock;
  readonly rules?: Partial<SlackRules>;
  /** Directory of the kept facts and the files; without it nothing outlives the process. */
  readonly stateDir?: string;
}
