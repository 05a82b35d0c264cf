import { randomUUID } from 'node:crypto';
import type { EphemeralMessage, Message } from './entities.ts';

/**
 * Everything that happens in the local Slack, in one order: messages, views, answers to commands, every envelope and every
 * API call. The page, `drill --auto` and the tests follow it, so nobody ever sleeps.
 */
export type FeedFact =
  | {
      readonly type: 'message_posted' | 'message_updated';
      readonly channel: string;
      readonly ts: string;
      readonly message: Message;
    }
  | { readonly type: 'message_deleted'; readonly channel: string; readonly ts: string }
  | {
      readonly type: 'ephemeral_posted' | 'ephemeral_updated';
      readonly user: string;
      readonly channel: string;
      readonly ts: string;
      readonly message: EphemeralMessage;
    }
  | {
      readonly type: 'ephemeral_deleted';
      readonly user: string;
      readonly channel: string;
      readonly ts: string;
    }
  | {
      readonly type: 'view_opened' | 'view_pushed' | 'view_updated' | 'home_published';
      readonly user: string;
      readonly view_id: string;
      readonly callback_id: string;
      readonly view: unknown;
    }
  | {
      readonly type: 'view_closed';
      readonly user: string;
      readonly view_id: string;
      readonly callback_id: string;
      readonly how: 'submitted' | 'closed' | 'cleared';
    }
  | {
      readonly type: 'view_errors';
      readonly user: string;
      readonly view_id: string;
      readonly errors: Readonly<Record<string, string>>;
    }
  | {
      readonly type: 'command_response';
      readonly user: string;
      readonly channel: string;
      readonly command: string;
      readonly text: string;
      /** `operation_timeout`, `dispatch_failed`, … or absent when the app acknowledged. */
      readonly error?: string;
    }
  | {
      readonly type: 'envelope';
      readonly envelope_id: string;
      readonly kind: string;
      readonly summary: string;
      readonly state: 'sent' | 'acked' | 'late' | 'timed_out' | 'failed' | 'unreachable';
      readonly attempt: number;
      readonly ms: number;
      readonly payload?: unknown;
    }
  | {
      readonly type: 'api_call';
      readonly method: string;
      readonly ok: boolean;
      readonly status: number;
      readonly error?: string;
      readonly ms: number;
      readonly args: Readonly<Record<string, unknown>>;
    }
  | { readonly type: 'connections'; readonly open: number; readonly down: boolean }
  | { readonly type: 'people_changed' | 'channels_changed' };

type FeedEvent = FeedFact & { readonly seq: number; readonly at: number };

/** Older events are forgotten beyond this many; a reader that fell behind is told so. */
const keptMax = 20_000;

export class Feed {
  /** Changes at every start: a reader that sees another run starts again from 0. */
  readonly run = randomUUID();
  private readonly events: FeedEvent[] = [];
  private readonly listeners = new Set<(event: FeedEvent) => void>();
  private readonly now: () => number;
  private last = 0;

  constructor(now: () => number) {
    this.now = now;
  }

  get seq(): number {
    return this.last;
  }

  append(fact: FeedFact): FeedEvent {
    this.last += 1;
    const event: FeedEvent = { ...fact, seq: this.last, at: this.now() };
    this.events.push(event);
    if (this.events.length > keptMax) this.events.splice(0, this.events.length - keptMax);
    for (const listener of this.listeners) listener(event);
    return event;
  }

  /** Events after `seq`, oldest first. */
  since(seq: number): readonly FeedEvent[] {
    const first = this.events[0]?.seq ?? 1;
    return this.events.slice(Math.max(0, seq + 1 - first));
  }

  /** Calls back for each later event until the returned function is called. */
  follow(listener: (event: FeedEvent) => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }
}
