/** What was said in Slack, so that nothing is said twice and everything is said in order. */

export interface Post {
  /** `<restoreId>:<name>`, one for each visible message: `R1:card`, `R1:17.0`. */
  readonly key: string;
  readonly restoreId: string;
  readonly channel: string;
  readonly ts: string;
  /** Hex sha256 of what is shown, so that an equal rendering is not sent again. */
  readonly contentSha256: string;
}

/** The ledger of an outbox. A message is rendered from committed events, posted, and only then written here. */
export interface PostLedger {
  findPost(key: string): Promise<Post | null>;
  /** The message at this place in Slack; `null` when none of ours is there. */
  findPostAt(place: Pick<Post, 'channel' | 'ts'>): Promise<Post | null>;
  /** Inserts or replaces by key. */
  savePost(post: Post): Promise<void>;
  /** The last event whose messages are all posted; 0 at first. */
  readCursor(restoreId: string): Promise<number>;
  /** Of every restore that has one. */
  readCursors(): Promise<ReadonlyMap<string, number>>;
  moveCursor(restoreId: string, seq: number): Promise<void>;
}

/** Slack delivers a press more than once at times; the key is unique, so the second one finds it taken. */
export interface Inbox {
  /** True the first time a key is claimed, false ever after. */
  claim(key: string, at: number): Promise<boolean>;
}
