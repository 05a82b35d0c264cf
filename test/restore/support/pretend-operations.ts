/** What each operation does to a pretend host. `changed` is false when the host was as asked already. */
import type { OperationEvidence, OperationKind, OperationParams } from '../../../src/aurora/operations.ts';
import type { PretendCluster, PretendHost } from './pretend-cluster.ts';

interface PretendOutcome<K extends OperationKind> {
  readonly changed: boolean;
  readonly evidence: OperationEvidence[K];
}

type Effects = {
  readonly [K in OperationKind]: (
    on: { cluster: PretendCluster; host: PretendHost },
    params: OperationParams[K],
  ) => PretendOutcome<K>;
};

const files = 12;
const bytes = 9_000;
const ok = { answer: 'ok', messages: [], ms: 40 } as const;

export const pretendEffects: Effects = {
  'hold-copy': noErrand,
  'release-copy': noErrand,
  'back-up-now': noErrand,
  'hold-backup': ({ host }, { name }) => hold(host, name),
  'receive-backup': ({ host }, { name }) => hold(host, name),
  'stop-scheduler': ({ cluster, host }) => {
    const changed = host.service === 'running';
    cluster.stop(host);
    return { changed, evidence: { pid: changed ? 100 : null, killed: false, stoppedInMs: 300 } };
  },
  'start-scheduler': ({ cluster, host }) => {
    const changed = host.service === 'stopped';
    cluster.start(host);
    return { changed, evidence: { pid: 101 } };
  },
  'block-traffic': ({ host }) => setTraffic(host, 'blocked'),
  'unblock-traffic': ({ host }) => setTraffic(host, 'open'),
  'set-flags': ({ host }, { flags }) => {
    const sha256Before = shaOf(host, host.flags);
    host.flagsAside ??= host.flags;
    const entries = Object.entries({ ...host.flags, ...flags });
    host.flags = Object.fromEntries(
      entries.flatMap(([flag, value]) => (value === null ? [] : [[flag, value]])),
    );
    const sha256After = shaOf(host, host.flags);
    return {
      changed: sha256Before !== sha256After,
      evidence: { setAside: '/etc/aurora.set-aside', sha256Before, sha256After },
    };
  },
  'restore-flags': ({ host }) => {
    const changed = host.flagsAside !== null && shaOf(host, host.flags) !== shaOf(host, host.flagsAside);
    host.flags = host.flagsAside ?? host.flags;
    return { changed, evidence: { sha256: shaOf(host, host.flags) } };
  },
  'set-aside-log': ({ host }) => {
    refuseRunning(host);
    const changed = host.log !== null;
    if (changed && host.logAside !== null) throw new Error('a log was set aside before');
    host.logAside ??= host.log;
    host.log = null;
    return { changed, evidence: { path: '/var/aurora/log.set-aside-R1', files, bytes } };
  },
  'initialize-log': ({ cluster, host }) => {
    refuseRunning(host);
    const changed = host.log === null;
    host.log ??= cluster.blank;
    const positions = host.log === cluster.blank ? '0 -> 0' : '0 -> 295';
    return { changed, evidence: { exitCode: 0, positions, persisted: true, files: 5, bytes: 4_699 } };
  },
  'set-aside-new-log': ({ host }) => {
    refuseRunning(host);
    if (host.logAside === null) throw new Error('the log from before the restore is not aside');
    const moved = host.log !== null;
    if (host.log !== null) host.logsMovedAway.push(host.log);
    host.log = null;
    return {
      changed: moved,
      evidence: { path: '/var/aurora/log', movedTo: moved ? '/var/aurora/log.failed-R1' : null, bytes },
    };
  },
  'put-back-log': ({ host }) => {
    refuseRunning(host);
    const changed = host.logAside !== null;
    const movedNewLogTo = changed && host.log !== null ? '/var/aurora/log.restored-R1' : null;
    if (host.logAside !== null) {
      if (host.log !== null) host.logsMovedAway.push(host.log);
      host.log = host.logAside;
      host.logAside = null;
    }
    return { changed, evidence: { path: '/var/aurora/log', movedNewLogTo, files, bytes } };
  },
  'bring-back-log': ({ cluster, host }, { of }) => {
    refuseRunning(host);
    const source = host.setAsideBefore.get(of);
    if (source === undefined) throw new Error(`nothing was set aside by ${of}`);
    const changed = host.log === null;
    host.log ??= cluster.copyOf(source);
    return {
      changed,
      evidence: { path: '/var/aurora/log', from: `/var/aurora/log.set-aside-${of}`, files, bytes },
    };
  },
  'place-backup': ({ host }, { name }) => {
    if (!host.held.has(name)) throw new Error(`${name} is not held on ${host.name}`);
    const changed = !host.backups.has(name);
    host.placed ||= changed;
    host.backups = new Set([...host.backups, name]);
    return { changed, evidence: { path: `/var/aurora/backups/${name}`, replaced: null } };
  },
  'take-out-backup': ({ host }, { name }) => {
    const changed = host.placed;
    if (changed) host.backups = new Set([...host.backups].filter((other) => other !== name));
    host.placed = false;
    return { changed, evidence: { movedTo: changed ? '/var/aurora/taken-out' : null } };
  },
  'stage-backup': ({ cluster, host }, { name }) => {
    if (host.staged !== null) return said('Another backup is already loaded.');
    if (!host.backups.has(name) || name !== cluster.backup.name)
      return said(`Backup ${name} does not exist.`);
    host.staged = cluster.backupRows;
    return { changed: true, evidence: ok };
  },
  'delete-staged-tasks': ({ host }, { taskIds }) => {
    host.staged = (host.staged ?? []).filter((task) => !taskIds.includes(task.taskId));
    return { changed: true, evidence: ok };
  },
  'commit-recovery': ({ cluster, host }) => {
    const { host: elected, ready } = cluster.look();
    if (host.stale) return said('Problem performing logappend');
    if (elected !== host.name || !ready) {
      const messages = ['Storage is not READY'];
      return { changed: false, evidence: { answer: 'not-ready', messages, ms: 6 } };
    }
    if (host.staged === null) return said('No backup loaded.');
    cluster.applyCommit(host);
    const noReply = { answer: 'no-reply', messages: ['Connection reset by peer'], ms: 40 } as const;
    return { changed: true, evidence: cluster.release.repliesToCommit ? ok : noReply };
  },
  'run-recovery-tool': ({ cluster, host }, { name }) => {
    refuseRunning(host);
    if (host.log !== cluster.blank) throw new Error('not a blank log that this restore has initialised');
    if (!host.backups.has(name)) throw new Error(`${name} is not there`);
    host.log = { name: 'refilled', tasks: cluster.backupRows, frameworkId: cluster.frameworkId };
    return {
      changed: true,
      evidence: { exitCode: 0, copiedOps: 7, ms: 38, tail: 'Recovery finished \nCopied 7 ops in 38 ms' },
    };
  },
  'reconcile-explicit': ({ cluster, host }) => reconcile(cluster, host, 'explicit'),
  'reconcile-implicit': ({ cluster, host }) => reconcile(cluster, host, 'implicit'),
};

/** Stands for the hash of a flag file of this host. */
export function shaOf(host: PretendHost, flags: Readonly<Record<string, string>>): string {
  const text = JSON.stringify(Object.entries(flags).sort());
  return host.toldHashes.get(text) ?? text;
}

/** From now on a file with these flags has the hash that a real agent has told of one. */
export function tellHash(host: PretendHost, flags: Readonly<Record<string, string>>, sha256: string): void {
  host.toldHashes.set(JSON.stringify(Object.entries(flags).sort()), sha256);
}

function reconcile(cluster: PretendCluster, host: PretendHost, kind: 'explicit' | 'implicit') {
  const { host: leader } = cluster.look();
  if (cluster.release.reconciliation !== 'on-call') return said('Invalid method name');
  if (leader !== host.name) return said('This scheduler does not lead.');
  cluster.askToReconcile(kind);
  return { changed: true, evidence: ok };
}

function said(message: string) {
  return { changed: false, evidence: { answer: 'error' as const, messages: [message], ms: 5 } };
}

/** No restore asks for an errand. */
function noErrand(): never {
  throw new Error('an errand is not part of a restore');
}

function hold(host: PretendHost, name: string) {
  const changed = !host.held.has(name);
  host.held = new Set([...host.held, name]);
  return { changed, evidence: { path: `/var/aurora/held/R1/${name}`, bytes: 1_800 } };
}

function setTraffic(host: PretendHost, traffic: 'open' | 'blocked') {
  const changed = host.traffic !== traffic;
  host.traffic = traffic;
  return { changed, evidence: {} };
}

/** A real agent refuses this too: a log that moves under a scheduler goes on being written. */
function refuseRunning(host: PretendHost): void {
  if (host.service === 'running')
    throw new Error('The scheduler of this host runs, so its log was not touched.');
}
