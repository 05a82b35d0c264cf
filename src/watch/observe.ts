/** One look at a cluster, through the ports that are there anyway. Everything is asked at once, and nothing is waited for longer than its bound. */
import type { BackupFile } from '../aurora/backups.ts';
import type { CertificateReader } from '../aurora/certificates.ts';
import type { Clock } from '../aurora/clock.ts';
import type { Cluster } from '../aurora/cluster.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import type { HostAgent, HostStatus } from '../aurora/hosts.ts';
import type { LeaderAnswer, LeaderFinder } from '../aurora/leader.ts';
import { explainLeader } from '../aurora/leader-words.ts';
import { judgeLeadership } from '../aurora/leadership.ts';
import type { MesosMaster } from '../aurora/mesos.ts';
import type { BackupProof } from '../aurora/proof.ts';
import { within } from '../aurora/within.ts';
import type { HostFacts, HostLook, LeaderLook, Observation, SeenFile } from './observation.ts';

export interface WatchedCluster {
  readonly cluster: Cluster;
  readonly agents: readonly HostAgent[];
  readonly leader: LeaderFinder;
  readonly mesos: Pick<MesosMaster, 'listFrameworks'>;
  /** Absent where nothing speaks TLS. */
  readonly certificates?: CertificateReader;
}

/** An agent answers at once, unless something is wrong; one that decodes new backups is joined again at the next look. */
const answerMs = 30_000;
const listMs = 60_000;
/** Lists are long, and change with each backup. */
const listEveryMs = 10 * 60_000;
/** Each asks for a handshake with every server. */
const certificatesEveryMs = 60 * 60_000;

/** Looks again and again at one cluster; what is asked less often than that is kept in between. */
export class Observer {
  readonly #access: WatchedCluster;
  readonly #clock: Clock;
  readonly #lists = new Map<string, { readonly atMs: number; readonly files: readonly SeenFile[] }>();
  /** Of hosts that prove backups, as they told last: a proof does not go away with an agent. */
  readonly #proofs = new Map<string, readonly BackupProof[]>();
  #certificatesAtMs = Number.NEGATIVE_INFINITY;

  constructor(access: WatchedCluster, clock: Clock) {
    this.#access = access;
    this.#clock = clock;
  }

  /** Never throws for a state of the outside world. */
  async look(): Promise<Observation> {
    const { agents, leader, mesos, cluster } = this.#access;
    const [statuses, lists, answer, logReplicas, frameworks, certificates] = await Promise.all([
      Promise.all(agents.map((agent) => this.#readHost(agent))),
      Promise.all(agents.map((agent) => this.#listBackups(agent))),
      this.#orNull(leader.findLeader()),
      this.#orNull(leader.listLogReplicas()),
      this.#orNull(mesos.listFrameworks()),
      this.#readCertificates(),
    ]);
    return {
      atMs: this.#clock.now(),
      hosts: agents.map(({ host }, index): HostLook => {
        const { facts = null, why = null } = statuses[index] ?? {};
        return { host, facts, why, backups: lists[index] ?? null };
      }),
      leader: leaderLook(
        cluster,
        statuses.flatMap(({ status }) => status ?? []),
        answer,
      ),
      logReplicas: logReplicas?.map(({ address }) => address.replace(/^.*@/, '')) ?? null,
      frameworks,
      certificates,
      proofs: this.#proofsIn(statuses),
    };
  }

  #proofsIn(statuses: readonly { readonly status: HostStatus | null }[]): Observation['proofs'] {
    for (const { status } of statuses) {
      if (status?.prove != null) this.#proofs.set(status.host, status.prove.recent);
      else if (status !== null) this.#proofs.delete(status.host);
    }
    if (this.#proofs.size > 0) return [...this.#proofs.values()].flat();
    return statuses.every(({ status }) => status !== null) ? 'none' : null;
  }

  async #readHost(
    agent: HostAgent,
  ): Promise<{ status: HostStatus | null; facts: HostFacts | null; why: string | null }> {
    const before = this.#clock.now();
    const reading = agent.readStatus().then(
      (status) => ({ status, why: null }),
      (error: unknown) => ({
        status: null,
        why: error instanceof AuroraError ? error.message : messageOf(error),
      }),
    );
    const { status, why } = (await within(this.#clock, answerMs, reading)) ?? {
      status: null,
      why: `It did not answer within ${answerMs / 1000} s.`,
    };
    return { status, why, facts: status === null ? null : factsOf(status, before, this.#clock.now()) };
  }

  async #listBackups(agent: HostAgent): Promise<readonly SeenFile[] | null> {
    const known = this.#lists.get(agent.host);
    if (known !== undefined && this.#clock.now() - known.atMs < listEveryMs) return known.files;
    const files = await this.#orNull(agent.listBackups(), listMs);
    if (files === null) {
      this.#lists.delete(agent.host);
      return null;
    }
    const list = { atMs: this.#clock.now(), files: files.map(seenFile) };
    this.#lists.set(agent.host, list);
    return list.files;
  }

  async #readCertificates(): Promise<Observation['certificates']> {
    const { certificates } = this.#access;
    if (certificates === undefined || this.#clock.now() - this.#certificatesAtMs < certificatesEveryMs)
      return null;
    const dates = await this.#orNull(certificates());
    if (dates !== null) this.#certificatesAtMs = this.#clock.now();
    return dates;
  }

  /** Why it was not seen is told by whoever needs it, in words of its own. */
  async #orNull<T>(asking: Promise<T>, limitMs = answerMs): Promise<T | null> {
    const answered = asking.catch((error: unknown) => {
      if (error instanceof AuroraError) return null;
      throw error;
    });
    return (await within(this.#clock, limitMs, answered)) ?? null;
  }
}

function factsOf(status: HostStatus, askedAtMs: number, answeredAtMs: number): HostFacts {
  const { scheduler, flags, vars, disk, auroraVersion, clockMs } = status;
  const upSecs = vars?.['jvm_uptime_secs'];
  return {
    auroraVersion,
    clockAheadMs:
      clockMs > answeredAtMs ? clockMs - answeredAtMs : clockMs < askedAtMs ? clockMs - askedAtMs : 0,
    startedAtMs: typeof upSecs === 'number' ? answeredAtMs - upSecs * 1000 : null,
    flags: flags.values,
    running: scheduler.processFlags ?? {},
    disks: disk.fileSystems ?? [{ places: ['log'], freeBytes: disk.freeBytes, freeFiles: null }],
  };
}

function seenFile({ name, bytes, mtimeMs, report }: BackupFile): SeenFile {
  return {
    name,
    bytes,
    mtimeMs,
    sha256: report.sha256,
    contentAtMs: report.timestampMs,
    verdict: report.verdict,
    reason: report.reasons[0] ?? null,
    tasks: report.tasks.total,
    frameworkId: report.frameworkId,
  };
}

function leaderLook(
  cluster: Cluster,
  statuses: readonly HostStatus[],
  answer: LeaderAnswer | null,
): LeaderLook {
  if (answer === null) return { kind: 'unseen', why: 'It did not answer in time.' };
  if (answer.kind === 'unreachable') return { kind: 'unseen', why: answer.error.message };
  const { advertised, leader } = judgeLeadership(cluster, { statuses, answer });
  if (leader !== null) return { kind: 'leads', host: leader.host };
  // Nothing speaks against it but that its agent is silent, which is told elsewhere.
  if (advertised !== null && advertised.doubts.length === 0) return { kind: 'leads', host: advertised.host };
  const { sentence, next } = explainLeader(answer);
  const says =
    answer.kind === 'none' && answer.candidates.length === 0 ? 'No scheduler is waiting to.' : sentence;
  return advertised === null
    ? { kind: 'nobody', says, next }
    : {
        kind: 'nobody',
        says: `ZooKeeper names ${advertised.host ?? advertised.endpoint.host}, but ${advertised.doubts.join(', and ')}.`,
        next,
      };
}
