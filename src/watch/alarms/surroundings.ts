/** What a cluster depends on: Mesos and its clock, certificates, ZooKeeper, and proofs. */
import { timeText } from '../../aurora/time-text.ts';
import { type AlarmKind, type Finding, seen, unseen } from '../alarm.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

export const failoverRuns: AlarmKind = {
  kind: 'failover-runs',
  when: 'The Mesos framework is disconnected and its failover time runs, or Mesos no longer knows it.',
  worst: 'critical',
  holdMs: ({ leaderlessMs }) => leaderlessMs,
  judge: ({ cluster, observation: { frameworks, atMs }, history: { frameworkId } }) => {
    if (frameworkId === null) return seen([]);
    if (frameworks === null) return unseen;
    const framework = frameworks.find((one) => one.frameworkId === frameworkId);
    if (framework === undefined) {
      return seen([
        {
          subject: '',
          severity: 'critical',
          says: `The Mesos master does not know the framework of \`${cluster.name}\`, \`${frameworkId}\`.`,
          means: 'Its failover time has run out and its tasks were killed, or the bot asks the wrong master.',
          next: 'Look at /frameworks of the master, completed ones as well, before anything is restarted.',
        },
      ]);
    }
    if (framework.connected) return seen([]);
    const { unregisteredAtMs, failoverTimeoutMs } = framework;
    // A master that was elected since forgets when it was (mesos.md 4.7).
    const leftMs = Math.min(unregisteredAtMs ?? atMs, atMs) + failoverTimeoutMs - atMs;
    const left = `${unregisteredAtMs === null ? 'at most ' : ''}${timeText(Math.max(0, leftMs))}`;
    return seen([
      {
        subject: '',
        severity: leftMs < day ? 'critical' : 'warning',
        says: `The scheduler of \`${cluster.name}\` is disconnected from Mesos, and the failover time runs: ${left} left.`,
        means: 'When it is over, Mesos kills every task of the cluster and never takes that framework again.',
        next: 'Get one scheduler to register. When none can, decide about a restore well before that time.',
      },
    ]);
  },
};

/** Whoever renews certificates needs days; this is when there are none left. */
const certificateUrgentMs = 2 * day;

export const certificateEnds: AlarmKind = {
  kind: 'certificate-ends',
  when: 'A certificate of the bot, an agent, a Mesos master or their authorities ends within `certificates`.',
  worst: 'critical',
  holdMs: () => 0,
  judge: ({ observation: { certificates, atMs, hosts }, policy }) => {
    if (certificates === null) return unseen;
    const silent = hosts.filter(({ facts }) => facts === null).map(({ host }) => host);
    const findings = certificates.flatMap(({ what, host, validToMs }): Finding[] => {
      const leftMs = validToMs - atMs;
      if (leftMs > policy.certificateMs) return [];
      const named = host === undefined ? what : `${what} on ${host}`;
      return [
        {
          subject: host === undefined ? what : `${host} ${what}`,
          severity: leftMs < certificateUrgentMs ? 'critical' : 'warning',
          says:
            leftMs <= 0
              ? `${named} ended ${timeText(-leftMs)} ago.`
              : `${named} ends in ${timeText(leftMs)}.`,
          means: 'Once it has ended, the bot cannot reach what it has to, and a restore cannot start.',
          next: 'Renew it. Agents and bot take a new file at their next start.',
        },
      ];
    });
    return { findings, isUnseen: (subject) => silent.some((host) => subject.startsWith(`${host} `)) };
  },
};

export const cannotSee: AlarmKind = {
  kind: 'cannot-see',
  when: 'ZooKeeper or the Mesos master has not answered for 15 minutes: what depends on it is not watched.',
  worst: 'warning',
  holdMs: () => 15 * minute,
  judge: ({ cluster, observation: { leader, logReplicas, frameworks } }) => {
    const blind = (subject: string, what: string, why: string): Finding => ({
      subject,
      severity: 'warning',
      says: `The watch of \`${cluster.name}\` cannot ask ${what}. ${why}`.trim(),
      means: 'What only it knows is not watched, and a restore could not start.',
      next: `Look at ${what}, and at the network between it and the bot.`,
    });
    return seen([
      ...(leader.kind === 'unseen' || logReplicas === null
        ? [blind('zookeeper', 'ZooKeeper', leader.kind === 'unseen' ? leader.why : '')]
        : []),
      ...(frameworks === null ? [blind('mesos', 'the Mesos master', '')] : []),
    ]);
  },
};

export const proofOld: AlarmKind = {
  kind: 'proof-old',
  when: 'The newest backup that a real scheduler was seen to take is older than `proofs`; only where backups are proven.',
  worst: 'warning',
  holdMs: () => 10 * minute,
  judge: ({ cluster, observation: { proofs, atMs }, policy }) => {
    if (proofs === null) return unseen;
    if (proofs === 'none' || proofs.length === 0) return seen([]);
    const provenAt = proofs.filter(({ verdict }) => verdict === 'proven').map((proof) => proof.atMs);
    const ageMs = atMs - Math.max(...provenAt);
    if (ageMs <= policy.proofMs) return seen([]);
    const told = Number.isFinite(ageMs) ? `for ${timeText(ageMs)}` : 'yet';
    return seen([
      {
        subject: '',
        severity: 'warning',
        says: `No backup of \`${cluster.name}\` has been proven restorable ${told}.`,
        means: 'Decoding one does not show that a scheduler accepts it and survives it.',
        next: 'Have one proven; a proof that fails says why.',
      },
    ]);
  },
};

export const proofRefuted: AlarmKind = {
  kind: 'proof-refuted',
  when: 'A real scheduler did not take the backup that was given to it last, or died of it.',
  worst: 'critical',
  holdMs: () => 0,
  judge: ({ cluster, observation: { proofs } }) => {
    if (proofs === null) return unseen;
    if (proofs === 'none') return seen([]);
    const told = proofs.filter(({ verdict }) => verdict !== 'unknown');
    const [last] = [...told].sort((a, b) => b.atMs - a.atMs);
    if (last?.verdict !== 'refuted') return seen([]);
    return seen([
      {
        subject: '',
        severity: 'critical',
        says: `Aurora ${last.auroraVersion} does not take a backup of \`${cluster.name}\` (sha256 \`${last.sha256.slice(0, 12)}\`). ${last.says}`,
        means: 'It decodes, and would fail in a restore.',
        next: 'Have an older one proven, and hold the newest that is.',
      },
    ]);
  },
};
