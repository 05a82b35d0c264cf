/** When the watch of a cluster looks and speaks: the keys of the configuration. */
import { z } from 'zod';
import { defaultWatchPolicy as defaults, type WatchPolicy } from '../watch/policy.ts';
import { durationKey } from './duration.ts';

const minute = 60_000;
const units = { MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 } as const;

const size = z.string().transform((text, issue) => {
  const [, digits, unit] = /^(\d{1,9})(MiB|GiB|TiB)$/.exec(text) ?? [];
  if (unit !== undefined) return Number(digits) * units[unit as keyof typeof units];
  issue.addIssue({ code: 'custom', message: `"${text}" is not a size such as 500MiB or 2GiB` });
  return z.NEVER;
});

const longAs = (leastMs: number, text: string) =>
  durationKey.refine((ms) => ms >= leastMs, `must be ${text} at least`);

const watchSchema = z.strictObject({
  off: z.boolean().default(false),
  /** Where it speaks; the cluster's channel when absent. */
  channel: z
    .string()
    .regex(/^[CG][A-Z0-9]+$/, 'must be a Slack channel id such as C012AB3CD')
    .optional(),
  every: longAs(minute / 2, '30s').default(defaults.everyMs),
  late: z.number().min(1).max(100).default(defaults.late),
  shrink: z.number().gt(0).lt(1).default(defaults.shrink),
  rotation: z.int().min(1).max(1000).default(defaults.rotation),
  diskFloor: size.default(defaults.diskFloorBytes),
  diskAhead: longAs(60 * minute, '1h').default(defaults.diskAheadMs),
  certificates: longAs(60 * minute, '1h').default(defaults.certificateMs),
  proofs: longAs(60 * minute, '1h').default(defaults.proofMs),
  silent: longAs(minute, '1m').default(defaults.silentMs),
  leaderless: longAs(minute, '1m').default(defaults.leaderlessMs),
  clocks: longAs(1_000, '1s').default(defaults.clocksMs),
});

/** Of a cluster. */
export const watchKeys = watchSchema.default(() => watchSchema.parse({}));

export interface WatchConfig {
  /** `null` for the channel of the cluster. */
  readonly channel: string | null;
  readonly policy: WatchPolicy;
}

/** `null` where it is off. */
export function toWatch(input: z.output<typeof watchSchema>): WatchConfig | null {
  if (input.off) return null;
  return {
    channel: input.channel ?? null,
    policy: {
      everyMs: input.every,
      late: input.late,
      shrink: input.shrink,
      rotation: input.rotation,
      diskFloorBytes: input.diskFloor,
      diskAheadMs: input.diskAhead,
      certificateMs: input.certificates,
      proofMs: input.proofs,
      silentMs: input.silent,
      leaderlessMs: input.leaderless,
      clocksMs: input.clocks,
    },
  };
}
