/**
 * A cluster over weeks, minute by minute: who leads, what is written and rotated, what is out of sight. It has its own truth, and shows
 * to the watch what its ports would show of it. It knows nothing of how the watch judges.
 */
import { createHash } from 'node:crypto';
import type { BackupFile } from '../../../src/aurora/backups.ts';
import { AuroraError } from '../../../src/aurora/errors.ts';
import type { HostAgent, HostStatus } from '../../../src/aurora/hosts.ts';
import type { LeaderAnswer } from '../../../src/aurora/leader.ts';
import type { BackupProof } from '../../../src/aurora/proof.ts';
import type { WatchedCluster } from '../../../src/watch/observe.ts';
import { FakeClock } from '../../restore/support/fake-clock.ts';
import { east, readingAgent, statusOf, unreachable } from '../../slack/support/cluster.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
/** `-max_saved_backups`: half of the default makes the months quick. */
const saved = 24;

interface Written {
  readonly file: BackupFile;
  /** By no clock that can be wrong. */
  readonly atMs: number;
  readonly whole: boolean;
}

interface Host {
  readonly name: string;
  /** Its scheduler runs. */
  up: boolean;
  startedAtMs: number;
  /** Its agent answers. */
  agent: boolean;
  skewMs: number;
  freeBytes: number;
  quorumFlag: string;
  certificateEndsMs: number;
  files: Written[];
}

export class World {
  readonly clock: FakeClock;
  readonly hosts: readonly Host[];
  readonly ownFramework = 'framework-own';
  leader: number | null = 0;
  /** When the leading process last wrote, or began. */
  timerMs: number;
  nextSnapshotMs: number;
  tasks = 120;
  connected = true;
  unregisteredAtMs: number | null = null;
  zookeeper = true;
  mesos = true;
  restoring = false;
  restoredAtMs: number | null = null;
  /** What the leader's next backups are; `none`: writing fails. */
  writes: 'whole' | 'broken' | 'none' = 'whole';
  /** Another host that writes as well. */
  secondWriter: number | null = null;
  proofs: BackupProof[] = [];
  readonly starts: number[] = [];
  #serial = 0;
  #written: readonly (Written & { readonly host: number })[] | null = null;

  constructor(startMs: number) {
    this.clock = new FakeClock(startMs);
    this.hosts = east.hosts.map(({ name }) => ({
      name,
      up: true,
      startedAtMs: startMs - hourMs,
      agent: true,
      skewMs: 0,
      freeBytes: 200e9,
      quorumFlag: '2',
      certificateEndsMs: startMs + 400 * dayMs,
      files: [],
    }));
    this.timerMs = startMs;
    this.nextSnapshotMs = startMs + hourMs;
    for (let hours = saved - 1; hours >= 0; hours -= 1)
      this.put(0, { atMs: startMs - hours * hourMs - 20 * minuteMs });
  }

  get now(): number {
    return this.clock.now();
  }

  host(index: number): Host {
    const host = this.hosts[index];
    if (host === undefined) throw new Error(`no host ${index}`);
    return host;
  }

  /** Nobody leads from now on. */
  stopLeading(): void {
    if (this.leader === null) return;
    this.leader = null;
    this.disconnect();
  }

  /** A process that has just been started leads. */
  lead(index: number): void {
    const host = this.host(index);
    host.up = true;
    host.startedAtMs = this.now;
    this.leader = index;
    this.timerMs = this.now;
    this.nextSnapshotMs = this.now + hourMs;
    this.starts.push(this.now);
    this.connected = true;
    this.unregisteredAtMs = null;
  }

  disconnect(): void {
    if (!this.connected) return;
    this.connected = false;
    this.unregisteredAtMs = this.now;
  }

  /** One minute passes. */
  pass(): void {
    this.clock.pass(minuteMs);
    if (this.restoring || this.leader === null || this.now < this.nextSnapshotMs) return;
    this.nextSnapshotMs += hourMs;
    if (this.now < this.timerMs + hourMs) return;
    this.timerMs = this.now;
    if (this.writes !== 'none') this.put(this.leader, {});
    if (this.secondWriter !== null) this.put(this.secondWriter, {});
  }

  /** A file in a backup directory, and what is too old there goes. */
  put(index: number, file: { atMs?: number; frameworkId?: string; whole?: boolean }): void {
    const { atMs = this.now, frameworkId = this.ownFramework, whole = this.writes !== 'broken' } = file;
    const host = this.host(index);
    this.#serial += 1;
    const shownMs = atMs + host.skewMs;
    const stamp = new Date(shownMs).toISOString().slice(0, 16).replace(/[:T]/g, '-');
    host.files = host.files.filter(({ file: { name } }) => name !== `scheduler-backup-${stamp}`);
    host.files.push({
      atMs,
      whole,
      file: fileOf(`scheduler-backup-${stamp}`, {
        serial: this.#serial,
        shownMs,
        frameworkId,
        whole,
        tasks: this.tasks,
      }),
    });
    host.files.sort((a, b) => (a.file.name < b.file.name ? -1 : 1));
    host.files.splice(0, Math.max(0, host.files.length - saved));
    this.#written = null;
  }

  /** Every file that is somewhere, in the order in which it was written. */
  get written(): readonly (Written & { readonly host: number })[] {
    this.#written ??= this.hosts
      .flatMap(({ files }, host) => files.map((one) => ({ ...one, host })))
      .sort((a, b) => a.atMs - b.atMs);
    return this.#written;
  }

  deleteAll(): void {
    for (const host of this.hosts) host.files = [];
    this.#written = null;
  }

  /** How many more backups on its host until this file is deleted. */
  leftBefore(file: Written, host: number): number {
    const { files } = this.host(host);
    return saved - (files.length - files.findIndex((one) => one.file === file.file));
  }

  /** The ports of the product. */
  get access(): WatchedCluster {
    return {
      cluster: east,
      agents: this.hosts.map((host, index) => this.#agentOf(host, index)),
      leader: {
        findLeader: () => Promise.resolve(this.#answer()),
        listLogReplicas: () =>
          this.zookeeper
            ? Promise.resolve(
                this.hosts.flatMap(({ up }, index) =>
                  up ? [{ node: `${index}`, address: `log-replica(1)@10.0.3.1${index + 1}:8083` }] : [],
                ),
              )
            : Promise.reject(away('zookeeper-unreachable', 'ZooKeeper')),
        watch: () => () => undefined,
        close: () => Promise.resolve(),
      },
      mesos: {
        listFrameworks: () =>
          this.mesos
            ? Promise.resolve([
                {
                  frameworkId: this.ownFramework,
                  name: 'Aurora',
                  connected: this.connected,
                  failoverTimeoutMs: 21 * dayMs,
                  unregisteredAtMs: this.unregisteredAtMs,
                },
              ])
            : Promise.reject(away('mesos-unreachable', 'The Mesos master')),
      },
      certificates: () =>
        Promise.resolve(
          this.hosts.flatMap(({ name, agent, certificateEndsMs }) =>
            agent
              ? [
                  {
                    what: 'The certificate of the agent',
                    host: name,
                    validFromMs: 0,
                    validToMs: certificateEndsMs,
                  },
                ]
              : [],
          ),
        ),
    };
  }

  #agentOf(host: Host, index: number): HostAgent {
    const agent = readingAgent(host.name, {});
    const answer = <T>(value: () => T): Promise<T> =>
      host.agent ? Promise.resolve(value()) : Promise.reject(unreachable(host.name));
    return {
      ...agent,
      readStatus: () => answer(() => this.#statusOf(host, index)),
      listBackups: () => answer(() => host.files.map(({ file }) => file)),
    };
  }

  #statusOf(host: Host, index: number): HostStatus {
    const leads = this.leader === index;
    const upSecs = Math.floor((this.now - host.startedAtMs) / 1000);
    const status = statusOf(host.name);
    return {
      ...status,
      clockMs: this.now + host.skewMs,
      scheduler: { ...status.scheduler, service: host.up ? 'running' : 'stopped' },
      flags: {
        sha256: '',
        values: {
          native_log_quorum_size: host.quorumFlag,
          backup_interval: '1hrs',
          max_saved_backups: `${saved}`,
        },
      },
      disk: {
        freeBytes: host.freeBytes,
        fileSystems: [{ places: ['log', 'backups'], freeBytes: host.freeBytes, freeFiles: null }],
      },
      vars: !host.up
        ? null
        : {
            jvm_uptime_secs: upSecs,
            ...(leads
              ? { scheduler_lifecycle_ACTIVE: 1, framework_registered: 1 }
              : { scheduler_lifecycle_STORAGE_PREPARED: 1 }),
          },
      leaderHealth: leads ? 200 : 503,
      prove: { at: '03:30', running: null, impossible: null, recent: this.proofs },
    };
  }

  #answer(): LeaderAnswer {
    if (!this.zookeeper) return { kind: 'unreachable', error: away('zookeeper-unreachable', 'ZooKeeper') };
    if (this.leader === null) return { kind: 'none', candidates: [] };
    const endpoint = { host: `10.0.3.1${this.leader + 1}`, port: 8081 };
    return { kind: 'one', endpoint, node: 'member_0000000007', candidates: [] };
  }
}

function away(code: string, what: string): AuroraError {
  return new AuroraError({ code, message: `${what} does not answer.`, hint: 'Look at it.' });
}

function fileOf(
  name: string,
  content: { serial: number; shownMs: number; frameworkId: string; whole: boolean; tasks: number },
): BackupFile {
  const { serial, shownMs, frameworkId, whole, tasks } = content;
  return {
    name,
    bytes: tasks * 1_800,
    mtimeMs: shownMs,
    report: {
      file: name,
      bytes: tasks * 1_800,
      sha256: createHash('sha256').update(`${serial}`).digest('hex'),
      complete: whole,
      verdict: !whole ? 'broken' : tasks === 0 ? 'suspicious' : 'ok',
      reasons: whole ? [] : ['It ends in the middle of task 7.'],
      trailingBytes: 0,
      timestampMs: shownMs,
      frameworkId: whole ? frameworkId : null,
      tasks: { total: tasks, byStatus: {} },
      jobs: 3,
      roles: 2,
      cronJobs: 0,
      quotas: 0,
      jobUpdates: 0,
      hostAttributes: 0,
      maintenanceRequests: 0,
      hasDbScript: false,
    },
  };
}
