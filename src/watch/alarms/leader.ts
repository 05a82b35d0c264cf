/** Who leads, and whether anybody leads for long enough to write a backup. */
import { sameAddress } from '../../aurora/host-names.ts';
import { timeText } from '../../aurora/time-text.ts';
import { type AlarmKind, seen, unseen } from '../alarm.ts';

const minute = 60_000;
const startsMin = 3;

export const nobodyLeads: AlarmKind = {
  kind: 'nobody-leads',
  when: 'Nobody leads, for `leaderless`.',
  worst: 'critical',
  holdMs: ({ leaderlessMs }) => leaderlessMs,
  judge: ({ cluster, observation: { leader } }) => {
    if (leader.kind === 'unseen') return unseen;
    if (leader.kind === 'leads') return seen([]);
    return seen([
      {
        subject: '',
        severity: 'critical',
        says: `Nobody leads \`${cluster.name}\`. ${leader.says}`,
        means: 'Tasks keep running; nothing is scheduled, restarted or backed up.',
        next: `${leader.next} \`/aurora leader ${cluster.name}\` asks everybody again.`,
      },
    ]);
  },
};

export const leaderRestarts: AlarmKind = {
  kind: 'leader-restarts',
  when: 'The leader restarts more often than the interval, so that no backup is ever written: three times, with none since the first.',
  worst: 'critical',
  holdMs: () => 10 * minute,
  judge: ({ cluster, observation, history, backups }) => {
    const { starts, newestWholeMs } = history;
    const { atMs, leader } = observation;
    const last = starts.slice(-startsMin);
    const [first] = last;
    if (first === undefined || last.length < startsMin) return leader.kind === 'unseen' ? unseen : seen([]);
    const young = [...last.slice(1), atMs].every((at, index) => at - (last[index] ?? 0) < backups.periodMs);
    if (!young || (newestWholeMs ?? 0) >= first) return seen([]);
    // It may have settled meanwhile, out of sight.
    if (!backups.newestKnown || leader.kind === 'unseen') return unseen;
    return seen([
      {
        subject: '',
        severity: 'critical',
        says: `The leader of \`${cluster.name}\` has restarted ${startsMin} times within ${timeText(atMs - first)}, and no backup was written.`,
        means: `A scheduler writes its first backup ${timeText(backups.periodMs)} after its start at the earliest (-backup_interval). At this pace there will be none.`,
        next: "The leader's log says why it ends. Until that is fixed, have a backup written by hand soon after a start.",
      },
    ]);
  },
};

export const logQuorumShort: AlarmKind = {
  kind: 'log-quorum-short',
  when: 'ZooKeeper knows fewer replicas of the log than a quorum, for `leaderless`.',
  worst: 'critical',
  holdMs: ({ leaderlessMs }) => leaderlessMs,
  judge: ({ cluster, observation: { logReplicas } }) => {
    if (logReplicas === null) return unseen;
    const there = cluster.hosts.filter(({ libprocess }) =>
      logReplicas.some((address) => sameAddress(address, libprocess)),
    );
    const quorum = Math.floor(cluster.hosts.length / 2) + 1;
    if (there.length >= quorum) return seen([]);
    const missing = cluster.hosts.filter((host) => !there.includes(host)).map(({ name }) => name);
    return seen([
      {
        subject: '',
        severity: 'critical',
        says: `The log group of \`${cluster.name}\` has ${there.length} of ${cluster.hosts.length} replicas; ${quorum} are a quorum. Missing: ${missing.join(', ')}.`,
        means: 'No scheduler can lead, and a leader that is there ends at its next write.',
        next: 'Start the schedulers that are missing. Do not initialise a log while an old replica may still be whole.',
      },
    ]);
  },
};
