/**
 * Every limit and waiting time of the local Slack, one named constant each, so that one edit follows the first run against
 * a real workspace. Evidence is in the comments; `[?]` marks what nobody could confirm off-line (slack.md 8).
 */
export interface SlackRules {
  /** Commands, buttons, views and events must be acknowledged within this (slack.md 1.6). */
  readonly ackMs: number;
  /** Events are sent again nearly at once, after 1 minute, after 5 minutes (slack.md 1.6). */
  readonly eventRetryMs: readonly number[];
  /** A `trigger_id` lives this long and opens one view (slack.md 4.2). */
  readonly triggerMs: number;
  readonly responseUrlUses: number;
  readonly responseUrlMs: number;
  /** How long the address from `apps.connections.open` may be used [?]. */
  readonly ticketMs: number;
  /** Up to ten connections per app (slack.md 1.8). */
  readonly connectionsMax: number;
  /** About one message a second and channel, short bursts allowed (slack.md 4.3); the burst is [?]. */
  readonly postsPerSecond: number;
  readonly postBurst: number;
  /** Calls a minute by tier 1..4; a whole minute's worth may come at once [?]. */
  readonly tierPerMinute: readonly [number, number, number, number];
  /** Multiplies every rate above: a drill that runs ten times faster than life sets 10. */
  readonly rateScale: number;
  /** Longer text is cut on `chat.postMessage`. */
  readonly postTextMax: number;
  /** Longer text is `msg_too_long` on `chat.update`. */
  readonly updateTextMax: number;
  /** All texts of all blocks of a message together: `msg_blocks_too_long`. */
  readonly blocksCharsMax: number;
  /** Serialised metadata, in bytes [?]. */
  readonly metadataBytesMax: number;
  readonly viewBytesMax: number;
  readonly viewStackMax: number;
  /** Ours: one file. */
  readonly fileBytesMax: number;
  /** Ours: one request body that is not a file. */
  readonly bodyBytesMax: number;
}

/** What real Slack does, as far as slack.md could find out. */
export const slackRules: SlackRules = Object.freeze({
  ackMs: 3000,
  eventRetryMs: [1000, 60_000, 300_000],
  triggerMs: 3000,
  responseUrlUses: 5,
  responseUrlMs: 30 * 60_000,
  ticketMs: 30_000,
  connectionsMax: 10,
  postsPerSecond: 1,
  postBurst: 10,
  tierPerMinute: [1, 20, 50, 100] as const,
  rateScale: 1,
  postTextMax: 40_000,
  updateTextMax: 4000,
  blocksCharsMax: 13_000,
  metadataBytesMax: 16 * 1024,
  viewBytesMax: 250 * 1024,
  viewStackMax: 3,
  fileBytesMax: 64 * 1024 * 1024,
  bodyBytesMax: 4 * 1024 * 1024,
});
