import type { Block } from '../block-kit/blocks.ts';
import type { ViewDefinition } from '../block-kit/views.ts';

/** Words of the wire, spelled as Slack spells them. */

export interface MessageMetadata {
  readonly event_type: string;
  readonly event_payload: Readonly<Record<string, unknown>>;
}

export interface FileObject {
  readonly id: string;
  readonly created: number;
  readonly timestamp: number;
  readonly name: string;
  readonly title: string;
  readonly mimetype: string;
  readonly filetype: string;
  readonly pretty_type: string;
  readonly user: string;
  readonly user_team: string;
  readonly mode: 'hosted' | 'snippet';
  readonly editable: boolean;
  readonly is_external: boolean;
  readonly is_public: boolean;
  readonly size: number;
  readonly url_private: string;
  readonly url_private_download: string;
  readonly permalink: string;
  readonly channels: readonly string[];
}

export interface Message {
  readonly type: 'message';
  readonly subtype?: string;
  readonly ts: string;
  readonly user: string;
  readonly text: string;
  readonly team: string;
  readonly bot_id?: string;
  readonly app_id?: string;
  readonly bot_profile?: BotProfile;
  readonly client_msg_id?: string;
  readonly blocks?: readonly Block[];
  readonly thread_ts?: string;
  readonly parent_user_id?: string;
  readonly edited?: { readonly user: string; readonly ts: string };
  readonly metadata?: MessageMetadata;
  readonly files?: readonly FileObject[];
  /** The channels that it is pinned to. */
  readonly pinned_to?: readonly string[];
}

/** Seen by one person; lives in memory only, as on a real Slack. */
export interface EphemeralMessage extends Message {
  readonly channel: string;
  readonly recipient: string;
  /** `app` answers, `slackbot` notes such as a command that timed out. */
  readonly from: 'app' | 'slackbot';
}

export interface BotProfile {
  readonly id: string;
  readonly app_id: string;
  readonly user_id: string;
  readonly name: string;
  readonly icons: Readonly<Record<string, string>>;
  readonly deleted: boolean;
  readonly updated: number;
  readonly team_id: string;
}

/** A modal or Home tab as one person has it before them (Bolt's `ViewOutput`). */
export interface OpenView {
  readonly id: string;
  readonly user: string;
  readonly definition: ViewDefinition;
  readonly hash: string;
  readonly values: ViewValues;
  readonly rootViewId: string;
  readonly previousViewId: string | null;
}

export interface StateValue {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** `state.values`: by block id, then action id. */
export type ViewValues = Readonly<Record<string, Readonly<Record<string, StateValue>>>>;
