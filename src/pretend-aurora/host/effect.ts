import fs from 'node:fs';

/** Something that was done to a pretend host. Counted outside of bot and agent: the drill's own witness. */
export interface Effect {
  /**
   * `start`, `stop`, `kill`, `block`, `unblock`, `initialize`, and the scheduler's own: `stage`, `commit`, …
   */
  readonly effect: string;
  /** The agent's operation that asked for it; `null` when the one who acts cannot know. */
  readonly operationId: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Whether the host was changed; a second start of a running scheduler changes nothing. */
  readonly changed: boolean;
  readonly detail?: string | undefined;
}

/** Appends one JSON line; one write call, so lines of several processes never mix. */
export function appendEffect(file: string, effect: Effect): void {
  fs.appendFileSync(file, `${JSON.stringify(effect)}\n`);
}
