import type { SlackRules } from '../limits.ts';
import { SlackRefusal } from '../refusal.ts';
import { newSecret } from './ids.ts';

/** The right to open one view, given with every interaction: 3 seconds, once (slack.md 4.2). */
interface Trigger {
  readonly user: string;
  readonly expiresAt: number;
  /** The view the interaction came from; `views.push` goes on top of it. */
  readonly viewId: string | null;
  used: boolean;
}

export class Triggers {
  private readonly byId = new Map<string, Trigger>();
  private readonly now: () => number;
  private readonly rules: SlackRules;

  constructor(now: () => number, rules: SlackRules) {
    this.now = now;
    this.rules = rules;
  }

  issue(user: string, viewId: string | null): string {
    const id = `${Math.floor(this.now())}.${this.byId.size + 1}.${newSecret()}`;
    this.byId.set(id, { user, viewId, expiresAt: this.now() + this.rules.triggerMs, used: false });
    return id;
  }

  /** Uses the trigger up; refuses as Slack does when it is unknown, spent or late. */
  exchange(id: string): { user: string; viewId: string | null } {
    const trigger = this.byId.get(id);
    if (trigger === undefined) throw new SlackRefusal('invalid_trigger_id');
    if (trigger.used) throw new SlackRefusal('exchanged_trigger_id');
    if (this.now() > trigger.expiresAt) throw new SlackRefusal('expired_trigger_id');
    trigger.used = true;
    return trigger;
  }
}

/** What a response URL answers to: the channel, and the message whose control was used, if any. */
export interface ResponseTarget {
  readonly id: string;
  readonly user: string;
  readonly channel: string;
  readonly message_ts?: string | undefined;
  readonly thread_ts?: string | undefined;
  readonly ephemeral: boolean;
  readonly expires_at: number;
  readonly uses: number;
}
