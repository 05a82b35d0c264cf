/** The watches of all clusters that have one. */
import type { Watches } from '../../commands/deps.ts';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError } from '../aurora/errors.ts';
import { createHeldLease } from '../aurora/held-lease.ts';
import type { Journal, Leases } from '../aurora/journal.ts';
import type { PostLedger } from '../aurora/outbox.ts';
import type { WatchKeeper } from '../aurora/watch.ts';
import type { ClusterAccess } from '../restore/ports.ts';
import { isMessageOf } from '../slack/watch-voice.ts';
import type { WatchMetrics } from '../watch/metrics.ts';
import { isOpen } from '../watch/state.ts';
import { type Voice, Watcher } from '../watch/watcher.ts';
import type { BotConfig } from './config.ts';

interface WatchParts {
  readonly config: {
    readonly clusters: readonly Pick<BotConfig['clusters'][number], 'name' | 'channel' | 'watch'>[];
  };
  readonly clusters: ReadonlyMap<string, ClusterAccess>;
  readonly store: WatchKeeper & PostLedger & Pick<Journal<unknown>, 'listRestores'>;
  readonly voice: Voice;
  readonly clock: Clock;
  /** Where several bots share what they keep: one of them looks at a cluster and speaks of it. */
  readonly shared?: { readonly leases: Leases; readonly owner: string };
  /** `null` where nobody asks for metrics. */
  readonly metrics: WatchMetrics | null;
  log(level: 'info' | 'warn' | 'error', fields: Record<string, unknown>, message: string): void;
}

interface OpenWatches extends Watches {
  /** Begins to look. */
  start(): void;
  stop(): Promise<void>;
}

/** Nothing is looked at before `start`. */
export function openWatches(parts: WatchParts): OpenWatches {
  const { config, clusters, store, voice, clock, shared, metrics, log } = parts;
  const watchers = new Map(
    config.clusters.flatMap(({ name, watch, channel }) => {
      const access = clusters.get(name);
      if (watch === null || access === undefined) return [];
      const watcher = new Watcher({
        access,
        policy: watch.policy,
        channel: watch.channel ?? channel,
        keeper: store,
        journal: store,
        voice,
        clock,
        log,
        ...(shared !== undefined && {
          lease: createHeldLease({ ...shared, name: `the watch of ${name}`, clock }),
        }),
        ...(metrics !== null && { onTurn: (turn) => metrics.note(turn) }),
      });
      return [[name, { watcher, everyMs: watch.policy.everyMs }] as const];
    }),
  );
  return {
    start: () => {
      // Spread over the interval: a thousand agents are not asked in one instant.
      for (const [index, { watcher, everyMs }] of [...watchers.values()].entries())
        void watcher.run(Math.floor((everyMs * (index + 1)) / watchers.size));
    },
    stop: async () => {
      await Promise.all([...watchers.values()].map(({ watcher }) => watcher.stop()));
    },
    ...listenToAlarms(new Map([...watchers].map(([name, { watcher }]) => [name, watcher])), store),
  };
}

/** For whoever presses a button of an alarm. */
export function listenToAlarms(
  watchers: ReadonlyMap<string, Watcher>,
  ledger: Pick<PostLedger, 'findPostAt'>,
): Watches {
  return {
    findAlarm: async ({ cluster, number, message }) => {
      const state = await watchers.get(cluster)?.read();
      const alarm = state?.alarms.find((each) => each.number === number);
      if (state === undefined || alarm === undefined || !isOpen(alarm)) return null;
      const isIts = await isMessageOf(ledger, message, { cluster, watchId: state.id, number });
      return isIts ? alarm.said : null;
    },
    snooze: async ({ cluster, number, ...asked }) => {
      const watcher = watchers.get(cluster);
      if (watcher !== undefined) return await watcher.snooze(number, asked);
      throw new AuroraError({
        code: 'not-watched',
        message: `\`${cluster}\` is no longer watched.`,
        hint: 'Its configuration says `watch: {off: true}`.',
      });
    },
  };
}
