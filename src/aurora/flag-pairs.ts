/** Flags whose values must fit each other: a scheduler that is given one of them goes by the default of the other. */
import { parseFlagDuration } from './flag-duration.ts';

/** A wait that grows from the first to the second; the defaults are those of the release where they differ. */
interface Pair {
  readonly first: string;
  readonly firstDefault: string;
  readonly last: string;
  readonly lastDefault: string;
}

interface Misfit {
  /** The one of the two that was given. */
  readonly flag: string;
  /** One sentence for a person, without its full stop. */
  readonly says: string;
}

/**
 * What `TruncatedBinaryBackoff` of apache/aurora is made of: the first wait is above 0, the last one no shorter
 * (`ReconciliationModule`, `SchedulingModule`, `CronModule`, `UpdaterModule`; the same before 0.10, in Twitter's commons).
 */
function pairsOf(minor: number): readonly Pair[] {
  return [
    {
      first: 'initial_task_kill_retry_interval',
      firstDefault: minor < 18 ? '5secs' : '15secs',
      last: 'transient_task_state_timeout',
      lastDefault: '5mins',
    },
    {
      first: 'initial_schedule_penalty',
      firstDefault: '1secs',
      last: 'max_schedule_penalty',
      lastDefault: '1mins',
    },
    {
      first: 'initial_flapping_task_delay',
      firstDefault: '30secs',
      last: 'max_flapping_task_delay',
      lastDefault: '5mins',
    },
    {
      first: 'cron_start_initial_backoff',
      firstDefault: '5secs',
      last: 'cron_start_max_backoff',
      lastDefault: '1mins',
    },
    {
      first: 'sla_aware_kill_retry_min_delay',
      firstDefault: '1mins',
      last: 'sla_aware_kill_retry_max_delay',
      lastDefault: '5mins',
    },
    // `TimeSeriesRepositoryImpl` keeps at least one sample.
    {
      first: 'stat_sampling_interval',
      firstDefault: '1secs',
      last: 'stat_retention_period',
      lastDefault: '1hrs',
    },
  ];
}

/** Every pair of which one is given and that does not fit; values that are no durations are left to their form. */
export function findMisfits(
  flags: Readonly<Record<string, string | null>>,
  minor: number,
): readonly Misfit[] {
  return pairsOf(minor).flatMap(({ first, firstDefault, last, lastDefault }) => {
    const from = waitOf(flags[first], first, firstDefault);
    const to = waitOf(flags[last], last, lastDefault);
    if (from.ms === null || to.ms === null || !(from.given || to.given)) return [];
    if (from.ms === 0) return [{ flag: first, says: `-${first}=${flags[first]} is not above 0` }];
    return to.ms < from.ms
      ? [{ flag: to.given ? last : first, says: `${to.words} is shorter than ${from.words}` }]
      : [];
  });
}

interface Wait {
  readonly given: boolean;
  /** `null` for what is not a duration. */
  readonly ms: number | null;
  readonly words: string;
}

function waitOf(value: string | null | undefined, flag: string, byDefault: string): Wait {
  return value == null
    ? { given: false, ms: parseFlagDuration(byDefault), words: `-${flag} (${byDefault} when it is left out)` }
    : { given: true, ms: parseFlagDuration(value.trim()), words: `-${flag}=${value}` };
}
