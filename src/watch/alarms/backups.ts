/** What is wrong with the backups of a cluster: none, none new, or a newest one that nobody should restore. */
import { timeText } from '../../aurora/time-text.ts';
import { type AlarmKind, type Finding, seen, unseen, type View } from '../alarm.ts';
import type { Content } from '../backups.ts';

const minute = 60_000;
/** The name of a file is there before its last bytes are (aurora.md 5.3), and lists are read every few minutes. */
const holdMs = (): number => 10 * minute;
/** A usual number of tasks is the median of so many backups. */
const trendMax = 24;
const trendMin = 3;
/** In a smaller cluster one job that ends is half of it. */
const trendTasksMin = 10;

export const noBackup: AlarmKind = {
  kind: 'no-backup',
  when: 'No host has a whole backup, for longer than it takes to write one.',
  worst: 'critical',
  holdMs,
  judge: ({ cluster, backups, history, observation }) => {
    if (!backups.allKnown) return unseen;
    const young = observation.atMs - history.sinceMs < 2 * backups.periodMs;
    if (backups.whole.length > 0 || (history.newestWholeMs === null && young)) return seen([]);
    return seen([
      {
        subject: '',
        severity: 'critical',
        says: `No host of \`${cluster.name}\` has a whole backup.`,
        means: 'If the replicated log is lost now, nothing can be restored.',
        next: 'Look at the backup directories and at the log of the leader; then have a backup written.',
      },
    ]);
  },
};

export const backupLate: AlarmKind = {
  kind: 'backup-late',
  when: 'No new whole backup for twice the interval (`late`), counted from the end of a restore at the earliest.',
  worst: 'critical',
  holdMs,
  judge: ({ cluster, backups, history, observation, policy }) => {
    const { newestWholeMs, sinceMs } = history;
    if (newestWholeMs === null) return seen([]);
    const ageMs = observation.atMs - newestWholeMs;
    const limitMs = policy.late * backups.periodMs;
    // What is already known is new enough, whatever else there is.
    if (ageMs <= limitMs || observation.atMs - sinceMs <= limitMs) return seen([]);
    if (!backups.newestKnown) return unseen;
    return seen([
      {
        subject: '',
        severity: ageMs > 2 * limitMs ? 'critical' : 'warning',
        says: `\`${cluster.name}\` has had no new whole backup for ${timeText(ageMs)}.`,
        means: `There should be one every ${timeText(backups.periodMs)}. A restore now would lose everything since then.`,
        next: `Look at the log of the leader and at the room in its backup directory; \`/aurora backups ${cluster.name}\` shows what there is.`,
      },
    ]);
  },
};

export const backupBroken: AlarmKind = newestIs({
  kind: 'backup-broken',
  when: 'The newest backup is broken, or no scheduler survives it.',
  worst: 'critical',
  find: ({ cluster }, newest) => {
    if (newest.verdict !== 'broken' && newest.verdict !== 'unlivable') return null;
    const broken = newest.verdict === 'broken';
    return {
      severity: broken ? 'warning' : 'critical',
      says: `The newest backup of \`${cluster.name}\` ${broken ? 'is broken' : 'kills every scheduler that loads it'}: \`${nameOf(newest)}\` on ${hostOf(newest)}. ${newest.reason ?? ''}`.trim(),
      means: broken
        ? 'It cannot be restored. The one before it is older and loses more.'
        : 'What is in it is in the cluster as well, so the next backups will be like it.',
      next: broken
        ? 'Look at the room and the health of that disk. The next backup clears this when it is whole.'
        : `\`/aurora backups ${cluster.name}\` names what is wrong; its owner can end that task or job.`,
    };
  },
});

export const backupEmpty: AlarmKind = newestIs({
  kind: 'backup-empty',
  when: 'The newest backup holds no tasks, and earlier ones did.',
  worst: 'critical',
  find: ({ cluster, history }, newest) => {
    if (!isWhole(newest) || newest.tasks > 0 || !history.hadTasks) return null;
    return {
      severity: 'critical',
      says: `The newest backup of \`${cluster.name}\` is empty: \`${nameOf(newest)}\` on ${hostOf(newest)} holds no tasks.`,
      means:
        'Either the scheduler has lost its storage, or somebody has ended every job. Older backups are rotated away meanwhile.',
      next: 'Compare with what runs on Mesos before anything else, and hold the last backup with tasks.',
    };
  },
});

export const backupForeign: AlarmKind = newestIs({
  kind: 'backup-foreign',
  when: 'The newest backup names another framework than the others do.',
  worst: 'critical',
  find: ({ cluster, history }, newest) => {
    if (!isWhole(newest) || history.frameworkId === null || newest.frameworkId === history.frameworkId)
      return null;
    return {
      severity: 'critical',
      says: `The newest backup of \`${cluster.name}\` belongs to ${newest.frameworkId === null ? 'no framework' : `framework \`${newest.frameworkId}\``}, and the others to \`${history.frameworkId}\`: \`${nameOf(newest)}\` on ${hostOf(newest)}.`,
      means:
        'Either it comes from another cluster, or the scheduler has registered as a new framework and the earlier tasks run without it.',
      next: 'Compare the framework id with the Mesos master. If the scheduler has registered as a new framework, restore an older backup before the failover time of the old framework ends.',
    };
  },
});

export const backupShrinking: AlarmKind = newestIs({
  kind: 'backup-shrinking',
  when: 'The newest backup has fewer tasks than usual, by more than a share (`shrink`).',
  worst: 'warning',
  find: ({ cluster, backups, history, policy }, newest) => {
    if (!isWhole(newest) || newest.tasks === 0) return null;
    const earlier = backups.whole
      .filter((one) => one !== newest && one.writtenAtMs >= history.sinceMs - trendMax * backups.periodMs)
      .slice(0, trendMax);
    const usual = median(earlier.map(({ tasks }) => tasks));
    if (earlier.length < trendMin || usual < trendTasksMin || newest.tasks >= usual * (1 - policy.shrink))
      return null;
    return {
      severity: 'warning',
      says: `The newest backup of \`${cluster.name}\` has ${newest.tasks} tasks; ${usual} are usual.`,
      means: 'Jobs have ended, or the scheduler has lost some of them.',
      next: `\`/aurora backups ${cluster.name}\` shows what restoring an older one would bring back. When it is meant, snooze this: it clears when the new number is the usual one.`,
    };
  },
});

export const lastBackupRotates: AlarmKind = {
  kind: 'last-backup-rotates',
  when: 'All newer backups are bad, and the last good one is about to be deleted by rotation (`-max_saved_backups`, `rotation`).',
  worst: 'critical',
  holdMs: () => 0,
  judge: (view) => {
    const { cluster, backups, history, policy } = view;
    if (!backups.newestKnown) return unseen;
    const good = backups.contents.find((one) => isGood(one, history));
    if (good === undefined || good === backups.contents[0]) return seen([]);
    const left = Math.max(...good.copies.map((copy) => leftBefore(copy, view)));
    if (left > policy.rotation) return seen([]);
    return seen([
      {
        subject: '',
        severity: 'critical',
        says: `The last good backup of \`${cluster.name}\` is about to be deleted: \`${nameOf(good)}\` on ${hostOf(good)}, with ${good.tasks} tasks. ${left === 0 ? 'The next backup' : `${left} more`} and rotation takes it.`,
        means: 'Every newer backup is broken, empty or foreign.',
        next: 'Hold it: a copy is kept out of the reach of rotation.',
        hold: good.sha256,
      },
    ]);
  },
};

interface NewestKind {
  readonly kind: string;
  readonly when: string;
  readonly worst: Finding['severity'];
  find(view: View, newest: Content): Omit<Finding, 'subject'> | null;
}

/** About the newest backup of all hosts, whatever it is. */
function newestIs({ find, ...kind }: NewestKind): AlarmKind {
  return {
    ...kind,
    holdMs,
    judge: (view) => {
      if (!view.backups.newestKnown) return unseen;
      const [newest] = view.backups.contents;
      // One of before a restore says nothing about the cluster of after it.
      if (newest === undefined || newest.writtenAtMs < view.history.sinceMs - view.backups.periodMs)
        return seen([]);
      const found = find(view, newest);
      return seen(found === null ? [] : [{ subject: '', ...found }]);
    },
  };
}

function isWhole({ verdict }: Content): boolean {
  return verdict === 'ok' || verdict === 'suspicious';
}

function isGood(content: Content, { hadTasks, frameworkId }: View['history']): boolean {
  return (
    isWhole(content) &&
    (content.tasks > 0 || !hadTasks) &&
    (frameworkId === null || content.frameworkId === frameworkId)
  );
}

const savedDefault = 48;

/** How many more backups on that host until this file is deleted: retention sorts all names that begin like a backup's (aurora.md 5.3). */
function leftBefore({ host, name }: Content['copies'][number], { observation }: View): number {
  const look = observation.hosts.find((one) => one.host === host);
  const names = (look?.backups ?? []).map((file) => file.name).sort();
  const flags = { ...look?.facts?.flags, ...look?.facts?.running };
  const asked = Number(flags['max_saved_backups'] ?? savedDefault);
  const saved = Number.isSafeInteger(asked) && asked > 0 ? asked : savedDefault;
  return Math.max(0, saved - (names.length - names.indexOf(name)));
}

function nameOf({ copies: [copy] }: Content): string {
  return copy?.name ?? '';
}

function hostOf({ copies }: Content): string {
  return copies.map(({ host }) => host).join(' and ');
}

/** Of the middle, rounded down; 0 of nothing. */
function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)] ?? 0;
}
