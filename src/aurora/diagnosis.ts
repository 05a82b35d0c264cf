/**
 * What is wrong with a cluster as it is, and the usual cure that is not a restore: said wherever somebody might begin one. Pure: it
 * judges one look, and whoever reads it decides. The kinds are those in which a restore is thought of too early (aurora.md 9, 13, 14).
 */
import { z } from 'zod';
import type { Cluster } from './cluster.ts';
import type { HostStatus } from './hosts.ts';
import type { LeaderAnswer } from './leader.ts';
import { judgeLeadership, type Leadership } from './leadership.ts';
import { listText, timeText } from './time-text.ts';

export const diagnosisSchema = z
  .strictObject({
    kind: z.enum([
      /** Somebody leads, and nothing speaks against it. */
      'healthy',
      'nobody-runs',
      /** Schedulers die and are started again. */
      'restarts',
      /** Fewer replicas of the replicated log than a quorum. */
      'log-group-short',
      /** Up, and their ports are closed. */
      'hung',
      'storage-not-ready',
      'mesos-away',
      /** They run, and none is elected or leads. */
      'no-leader',
      /** ZooKeeper and the hosts do not say the same. */
      'contested',
      /** Too little answers to tell. */
      'unseen',
    ]),
    /** What is seen, a sentence. Host names are foreign words. */
    says: z.string(),
    /** What to try before a restore, one or two sentences; empty when the cluster looks healthy. */
    cure: z.string(),
  })
  .readonly();
export type Diagnosis = z.infer<typeof diagnosisSchema>;

/** One look at a cluster. */
export interface ClusterLook {
  readonly cluster: Pick<Cluster, 'hosts' | 'auroraVersion'>;
  /** Of the hosts whose agent answered. */
  readonly statuses: readonly HostStatus[];
  readonly answer: LeaderAnswer;
  /** Replicas of the log that ZooKeeper knows; `null` when it could not be asked. */
  readonly logReplicas: number | null;
  /** Of the elected scheduler; `null` when none is elected, or it did not say. */
  readonly storageReady: boolean | null;
}

/** As often as this, and started within as long: it does not stay up. */
const restartsMin = 3;
const youngMs = 10 * 60_000;
/** Storage takes up to 20 s from the election on (aurora.md 4.2); a minute is beyond doubt. */
const startMs = 60_000;

export function diagnose(look: ClusterLook): Diagnosis {
  const { cluster, statuses } = look;
  const leadership = judgeLeadership(cluster, look);
  return (
    unseen(look) ??
    restarting(statuses) ??
    shortLogGroup(look) ??
    leading(look, leadership) ??
    contested(look, leadership) ??
    hung(statuses) ??
    electedOnly(look, leadership) ?? {
      kind: 'no-leader',
      says: `${runningText(statuses)}, and none is elected.`,
      cure: 'Look again in 30 s. If that does not change, check that the schedulers reach ZooKeeper: each one logs it at its start.',
    }
  );
}

/** With no answer there is nothing to judge; with all stopped there is nothing else to say. */
function unseen({ cluster, statuses, answer }: ClusterLook): Diagnosis | null {
  const silent = cluster.hosts
    .map(({ name }) => name)
    .filter((name) => !statuses.some((s) => s.host === name));
  if (statuses.length === 0) {
    return {
      kind: 'unseen',
      says: 'No host agent answers.',
      cure: 'Start the agents first: only they can tell how the schedulers are.',
    };
  }
  if (silent.length === 0 && statuses.every(isStopped)) {
    return {
      kind: 'nobody-runs',
      says: `No scheduler runs on ${listText(statuses.map(({ host }) => host))}.`,
      cure: 'Start the schedulers first. If one leads after a minute, you need no restore.',
    };
  }
  if (answer.kind !== 'unreachable') return null;
  return {
    kind: 'unseen',
    says: 'ZooKeeper does not answer, so no scheduler can lead.',
    cure: 'Get ZooKeeper back first. The schedulers then elect a leader by themselves, without a restore.',
  };
}

function restarting(statuses: readonly HostStatus[]): Diagnosis | null {
  const dying = statuses.filter(({ scheduler, vars }) => {
    const upMs = upMsOf(vars);
    return (scheduler.restarts ?? 0) >= restartsMin && (upMs === null || upMs < youngMs);
  });
  if (dying.length === 0) return null;
  const counted = dying.map(({ host, scheduler }) => `${host} (${scheduler.restarts} times)`);
  return {
    kind: 'restarts',
    says: `The scheduler keeps restarting on ${listText(counted)}.`,
    cure: 'Read the end of its log first. Flags, memory, a full disk or the Mesos address are the usual causes, and a restore cures none of them. If the log names the replicated log or its storage, a restore is for that.',
  };
}

function shortLogGroup({ cluster, statuses, logReplicas }: ClusterLook): Diagnosis | null {
  const quorum = Math.floor(cluster.hosts.length / 2) + 1;
  if (logReplicas === null || logReplicas >= quorum) return null;
  const stopped = statuses.filter(isStopped).map(({ host }) => host);
  return {
    kind: 'log-group-short',
    says: `Only ${logReplicas} of ${cluster.hosts.length} log replicas are there, and ${quorum} are needed.`,
    cure:
      stopped.length === 0
        ? 'Find out first why the other schedulers do not join: each takes part in the log as soon as it runs and reaches ZooKeeper.'
        : `Start the ${stopped.length === 1 ? 'scheduler' : 'schedulers'} on ${listText(stopped)} first: with a quorum of replicas the log works again, and you need no restore.`,
  };
}

function leading(
  { cluster, logReplicas }: ClusterLook,
  { leader, registered }: Leadership,
): Diagnosis | null {
  if (leader === null || registered.some(({ host }) => host !== leader.host)) return null;
  const replicas = logReplicas === null ? '' : `, ${logReplicas} of ${cluster.hosts.length} log replicas`;
  return {
    kind: 'healthy',
    says: `${leader.host} leads, registered${replicas}: it looks healthy.`,
    cure: '',
  };
}

function contested(
  { answer }: ClusterLook,
  { advertised, registered, claiming, elected }: Leadership,
): Diagnosis | null {
  if (advertised === null && registered.length === 0 && claiming.length > 0 && elected === null) {
    const one = claiming.length === 1;
    return {
      kind: 'contested',
      says: `${listText(claiming.map(({ host }) => host))} ${one ? 'believes it is' : 'believe they are'} elected, and ZooKeeper does not say the same.`,
      cure: 'Look again in a minute. If that does not change, restart the scheduler that believes it is elected but does not hold the election; no restore cures that.',
    };
  }
  if (advertised !== null && advertised.status === null) {
    return {
      kind: 'unseen',
      says: `ZooKeeper names ${advertised.host ?? `${advertised.endpoint.host}, a stranger to this bot,`} as the leader, and no agent there answers.`,
      cure: 'Start that agent first and look again: the cluster may be healthy.',
    };
  }
  const vars = advertised?.status?.vars ?? null;
  if (vars !== null && vars['framework_registered'] !== 1) return mesosAway(advertised?.host ?? 'the leader');
  if (
    advertised === null &&
    registered.length === 0 &&
    answer.kind !== 'several' &&
    answer.kind !== 'malformed'
  )
    return null;
  return {
    kind: 'contested',
    says:
      advertised === null
        ? 'The hosts and ZooKeeper do not name the same leader.'
        : `ZooKeeper names ${advertised.host ?? 'a stranger'} as the leader, and that one says it does not lead.`,
    cure: 'Look again in 10 s. If that does not change, `/aurora leader` names the entry in ZooKeeper, or the scheduler to restart; no restore cures that.',
  };
}

function hung(statuses: readonly HostStatus[]): Diagnosis | null {
  const running = statuses.filter((status) => !isStopped(status));
  if (running.length === 0 || running.some(({ scheduler }) => scheduler.httpPortOpen)) return null;
  return {
    kind: 'hung',
    says: `The scheduler runs on ${listText(running.map(({ host }) => host))} and its port is closed.`,
    cure: 'Wait a minute if it was started just now. Otherwise restart it first: a process like this does not recover by itself.',
  };
}

function electedOnly({ storageReady }: ClusterLook, { elected }: Leadership): Diagnosis | null {
  if (elected === null) return null;
  const { host } = elected;
  if (storageReady === true) return mesosAway(host);
  const upMs = upMsOf(elected.vars);
  const since = upMs === null ? '' : ` ${timeText(upMs)} after its start`;
  const isYoung = upMs !== null && upMs < startMs;
  return {
    kind: 'storage-not-ready',
    says:
      storageReady === null
        ? `${host} is elected, and its storage does not answer.`
        : `${host} is elected, and its storage is not ready${since}.`,
    cure: isYoung
      ? 'Wait a minute: storage becomes ready within seconds of the election.'
      : 'This is how a lost or uninitialised log looks. Check first that every scheduler has its usual log directory and quorum size. If they do, a restore is for this.',
  };
}

function mesosAway(host: string): Diagnosis {
  return {
    kind: 'mesos-away',
    says: `${host} is elected and its storage works; it waits to register with Mesos.`,
    cure: 'Look at the Mesos master and at `-mesos_master_address` first: the storage is not what is missing, and a restore does not help.',
  };
}

function runningText(statuses: readonly HostStatus[]): string {
  const running = statuses.filter((status) => !isStopped(status)).map(({ host }) => host);
  if (running.length === 0) return 'No scheduler runs where an agent answers';
  return `The scheduler runs on ${listText(running)}`;
}

function isStopped({ scheduler }: HostStatus): boolean {
  return scheduler.service === 'stopped';
}

/** How long its process has run, in milliseconds; `null` when it does not say. */
function upMsOf(vars: HostStatus['vars']): number | null {
  const seconds = vars?.['jvm_uptime_secs'];
  return typeof seconds === 'number' ? seconds * 1000 : null;
}
