/** From when on the watch speaks. Durations in milliseconds. */
export interface WatchPolicy {
  /** Between two looks. */
  readonly everyMs: number;
  /** A new whole backup is late after so many intervals. */
  readonly late: number;
  /** Tasks of the newest backup may fall by this share of the usual number, 0 to 1. */
  readonly shrink: number;
  /** The last good backup is told when no more than so many others are between it and its deletion. */
  readonly rotation: number;
  /** A file system with less free than this is too full. */
  readonly diskFloorBytes: number;
  /** One that will be down to the floor within this time, by how it has filled, is told. */
  readonly diskAheadMs: number;
  /** A certificate that ends within this time is told. */
  readonly certificateMs: number;
  /** The newest backup that was proven restorable may be this old. */
  readonly proofMs: number;
  /** An agent may be silent for this long. */
  readonly silentMs: number;
  /** Nobody may lead for this long; also how long the log group may be short of a quorum. */
  readonly leaderlessMs: number;
  /** Clocks may differ by this much. */
  readonly clocksMs: number;
}

const minute = 60_000;
const day = 24 * 60 * minute;

export const defaultWatchPolicy: WatchPolicy = Object.freeze({
  everyMs: 2 * minute,
  late: 2,
  shrink: 0.5,
  rotation: 6,
  diskFloorBytes: 1024 ** 3,
  diskAheadMs: day,
  certificateMs: 14 * day,
  proofMs: 7 * day,
  silentMs: 10 * minute,
  leaderlessMs: 5 * minute,
  clocksMs: minute,
});
