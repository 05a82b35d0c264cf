/**
 * What is true of the simulated cluster, by what really happened in it, and what of that a watch could see. Written from what the
 * manual promises (docs/watch.md), without any code of the watch.
 */
import { dayMs, hourMs, minuteMs, type World } from './world.ts';

/** A time during which something was true. */
export interface Episode {
  readonly key: string;
  readonly fromMs: number;
  toMs: number;
  /** The longest time in which it was true and to be seen without a break. */
  seenMs: number;
}

/** How long something must hold until it is told, by its kind. */
export const holdMs: Readonly<Record<string, number>> = {
  'no-backup': 10 * minuteMs,
  'backup-late': 10 * minuteMs,
  'backup-broken': 10 * minuteMs,
  'backup-empty': 10 * minuteMs,
  'backup-foreign': 10 * minuteMs,
  'backup-shrinking': 10 * minuteMs,
  'last-backup-rotates': 0,
  'proof-old': 10 * minuteMs,
  'proof-refuted': 0,
  'nobody-leads': 5 * minuteMs,
  'leader-restarts': 10 * minuteMs,
  'log-quorum-short': 5 * minuteMs,
  'failover-runs': 5 * minuteMs,
  'hosts-disagree': 10 * minuteMs,
  'agent-silent': 10 * minuteMs,
  'disk-filling': 10 * minuteMs,
  'certificate-ends': 0,
  'cannot-see': 15 * minuteMs,
};

export function kindOf(key: string): string {
  return key.split(' ')[0] ?? '';
}

/** What is true in this minute, and whether a watch could see it. */
export function truthsOf(world: World): ReadonlyMap<string, boolean> {
  const truths = new Map<string, boolean>();
  const add = (key: string, isTrue: boolean, canBeSeen: boolean): void => {
    if (isTrue) truths.set(key, canBeSeen && !world.restoring);
  };
  const { now, hosts, leader } = world;
  const allAgents = hosts.every(({ agent }) => agent);
  const leaderSeen = world.zookeeper && leader !== null && world.host(leader).agent;
  const backupsSeen = allAgents || leaderSeen;
  addBackups(world, (kind, isTrue) => add(kind, isTrue, kind === 'no-backup' ? allAgents : backupsSeen));
  add('nobody-leads', leader === null, world.zookeeper);
  add('log-quorum-short', hosts.filter(({ up }) => up).length < 2, world.zookeeper);
  add('failover-runs', !world.connected, world.mesos);
  add('leader-restarts', restartsTooOften(world), leaderSeen);
  add('hosts-disagree flags', new Set(hosts.map(({ quorumFlag }) => quorumFlag)).size > 1, allAgents);
  add(
    'hosts-disagree clocks',
    hosts.some(({ skewMs }) => Math.abs(skewMs) > minuteMs),
    allAgents,
  );
  add('hosts-disagree writers', writersOf(world) > 1, allAgents);
  const silent = hosts.filter(({ agent }) => !agent);
  for (const { name } of silent) add(`agent-silent ${name}`, silent.length < 3, true);
  add('agent-silent all hosts', silent.length === 3, true);
  for (const host of hosts) {
    add(`disk-filling ${host.name} log+backups`, host.freeBytes < 1024 ** 3, host.agent);
    add(
      `certificate-ends ${host.name} The certificate of the agent`,
      host.certificateEndsMs - now <= 14 * dayMs,
      host.agent,
    );
  }
  add('cannot-see zookeeper', !world.zookeeper, true);
  add('cannot-see mesos', !world.mesos, true);
  const proven = world.proofs.filter(({ verdict }) => verdict === 'proven').at(-1);
  add('proof-old', proven !== undefined && now - proven.atMs > 7 * dayMs, silent.length < 3);
  add('proof-refuted', world.proofs.at(-1)?.verdict === 'refuted', silent.length < 3);
  return truths;
}

/** What a good watch may say before it is true, or after: a disk that is about to be full is told by how it fills. */
export function mayBeTold(world: World, key: string): boolean {
  return world.hosts.some(
    ({ name, freeBytes }) => key === `disk-filling ${name} log+backups` && freeBytes < 195e9,
  );
}

function addBackups(world: World, add: (kind: string, isTrue: boolean) => void): void {
  const { now, written, restoredAtMs } = world;
  const newest = written.at(-1);
  const whole = written.filter((one) => one.whole);
  const lastWhole = Math.max(lastWrittenWhole.get(world) ?? 0, whole.at(-1)?.atMs ?? 0);
  lastWrittenWhole.set(world, lastWhole);
  add('no-backup', whole.length === 0);
  add('backup-late', now - Math.max(lastWhole, restoredAtMs ?? 0) > 2 * hourMs);
  if (newest === undefined) return;
  // After a restore the cluster is judged by what it has written since.
  const counts = restoredAtMs === null || newest.atMs >= restoredAtMs - hourMs;
  const { report } = newest.file;
  add('backup-broken', counts && !newest.whole);
  add('backup-empty', counts && newest.whole && report.tasks.total === 0);
  add('backup-foreign', counts && newest.whole && report.frameworkId !== world.ownFramework);
  add('backup-shrinking', counts && newest.whole && report.tasks.total > 0 && report.tasks.total < 60);
  const good = whole.findLast(
    ({ file }) => file.report.frameworkId === world.ownFramework && file.report.tasks.total > 0,
  );
  add('last-backup-rotates', good !== undefined && good !== newest && world.leftBefore(good, good.host) <= 6);
}

/** It was written, whether it is still there or not. */
const lastWrittenWhole = new WeakMap<World, number>();

/** Three starts, each within an hour of the one before and the last within an hour of now, and no whole backup since the first. */
function restartsTooOften({ starts, now, written }: World): boolean {
  const [first, second, third] = starts.slice(-3);
  if (first === undefined || second === undefined || third === undefined) return false;
  const often = [second - first, third - second, now - third].every((ms) => ms < hourMs);
  return often && !written.some(({ whole, atMs }) => whole && atMs >= first);
}

function writersOf({ written, now, restoredAtMs }: World): number {
  const recent = written.filter(({ atMs }) => atMs > Math.max(now - 2.5 * hourMs, restoredAtMs ?? 0));
  return [0, 1, 2].filter((index) => recent.filter(({ host }) => host === index).length > 1).length;
}

/** Puts minutes together: a break shorter than it takes to be told as over is none. */
export class Episodes {
  readonly #open = new Map<string, Episode & { seenSinceMs: number | null }>();
  readonly all: Episode[] = [];

  note(truths: ReadonlyMap<string, boolean>, now: number): void {
    for (const [key, canBeSeen] of truths) {
      const open = this.#open.get(key);
      const going = open !== undefined && now - open.toMs <= 30 * minuteMs ? open : null;
      const episode = going ?? { key, fromMs: now, toMs: now, seenMs: 0, seenSinceMs: null };
      if (going === null) this.all.push(episode);
      // A minute that is missing breaks the sight of it.
      if (!canBeSeen || now - episode.toMs > minuteMs) episode.seenSinceMs = null;
      if (canBeSeen) episode.seenSinceMs ??= now;
      episode.toMs = now;
      if (episode.seenSinceMs !== null) episode.seenMs = Math.max(episode.seenMs, now - episode.seenSinceMs);
      this.#open.set(key, episode);
    }
  }
}
