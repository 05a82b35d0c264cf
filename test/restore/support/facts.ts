/** What every step could have found in a restore where nothing went wrong. */

import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import type { StepFacts, StepName } from '../../../src/restore/record/facts.ts';

const hosts = ['aurora-1', 'aurora-2', 'aurora-3'] as const;
const blast = {
  killed: 12,
  rescheduled: 3,
  kept: 1180,
  jobs: [],
  jobsLeftOut: 0,
  document: 'blast',
  sha256: 'cd'.repeat(32),
};
const logs = hosts.map((host) => ({ host, path: '/var/db/aurora.aside', files: 9, bytes: 4096 }));
const stopped = { killed: [] };

export const storyFacts: { readonly [N in StepName]: StepFacts[N] } = {
  'check-hosts': {
    hosts: hosts.map((host) => ({
      host,
      service: 'running',
      flagsSha256: 'ef'.repeat(32),
      logFiles: 9,
      logBytes: 4096,
      traffic: 'open',
    })),
    quorum: 2,
    leader: 'aurora-1',
    diagnosis: {
      kind: 'healthy',
      says: 'aurora-1 leads, registered, 3 of 3 log replicas: it looks healthy.',
      cure: '',
    },
    clockSkewMsMax: 40,
  },
  'choose-backup': {
    report: {
      file: 'scheduler-backup-2026-11-23-16-30',
      bytes: 1_800_000,
      sha256: 'ab'.repeat(32),
      complete: true,
      verdict: 'ok',
      reasons: [],
      trailingBytes: 0,
      timestampMs: 999_999_000_000,
      frameworkId: 'fw-1',
      tasks: { total: 1192, byStatus: { RUNNING: 1192 } },
      jobs: 40,
      roles: 6,
      cronJobs: 2,
      quotas: 6,
      jobUpdates: 0,
      hostAttributes: 80,
      maintenanceRequests: 0,
      hasDbScript: false,
    },
    ageMs: 17,
    alsoOn: [],
    stagedSetDigest: 's1',
  },
  'check-set-aside': {
    of: 'R0',
    ageMs: 3_600_000,
    frameworkId: 'fw-1',
    hosts: hosts.map((host) => ({ host, files: 9, bytes: 4096 })),
    document: 'ran-before',
  },
  'bring-back-log': { hosts: hosts.map((host) => ({ host, files: 9, bytes: 4096 })) },
  'read-old-state': {
    host: 'aurora-2',
    tasks: 1192,
    stagedSetDigest: 's1',
    blast,
    unchangedSincePlan: true,
    commitDigest: 'c1',
  },
  'capture-live-tasks': { source: 'mesos', frameworkId: 'fw-1', tasks: 1195, document: 'live' },
  preview: { blast, planDigest: 'd1' },
  'hold-backup': { path: '/var/db/aurora-hold/R1' },
  'stop-schedulers': stopped,
  'block-traffic': { notManaged: [] },
  'set-recovery-flags': { flags: {} },
  'set-aside-log': { hosts: logs },
  'initialize-log': { hosts: hosts.map((host) => ({ host, positions: '0 -> 0', files: 4, bytes: 512 })) },
  'initialize-quorum': {
    hosts: ['aurora-2', 'aurora-1'].map((host) => ({ host, positions: '0 -> 0', files: 5, bytes: 4_699 })),
    empty: ['aurora-3'],
  },
  'place-backup-on-one': { host: 'aurora-2', path: '/var/db/aurora-backups/b', replaced: false },
  'summarise-backup': {
    host: 'aurora-2',
    tasks: 1192,
    stagedSetDigest: 's1',
    blast,
    unchangedSincePlan: true,
    commitDigest: 'c1',
  },
  'run-recovery-tool': {
    host: 'aurora-2',
    copiedOps: 7,
    ms: 38,
    runs: 1,
    tail: 'Recovery finished',
    setAside: [],
  },
  'start-quorum': { hosts: ['aurora-2', 'aurora-1'] },
  'start-remaining': { hosts: ['aurora-3'] },
  'place-backup': { replaced: [] },
  'start-schedulers': { hosts },
  'find-elected': { host: 'aurora-2', readyAfterMs: 3000, tasks: 0 },
  'stage-backup': { host: 'aurora-2' },
  'summarise-staged': {
    host: 'aurora-2',
    tasks: 1192,
    stagedSetDigest: 's1',
    blast,
    unchangedSincePlan: true,
    commitDigest: 'c1',
  },
  commit: { host: 'aurora-2', answer: 'ok', ms: 900, messages: [] },
  'verify-restored': { host: 'aurora-2', tasks: 1192 },
  'stop-recovery-schedulers': stopped,
  'restore-flags': { hosts },
  'start-restored-schedulers': { reconciliationInitialDelay: '365days' },
  'confirm-leader': { host: 'aurora-2', frameworkId: 'fw-1', tasks: 1192 },
  'second-look': { killedAlready: 0, startedAlready: 0, live: 1195 },
  'open-traffic': { hosts },
  'unblock-traffic': { hosts },
  'release-reconciliation': { host: 'aurora-2', at: 1_000_000_900_000 },
  soak: { observed: { killed: 12, rescheduled: 3, kept: 1180 }, asPredicted: true, differences: [] },
  report: {
    setAside: logs.map(({ host, path, bytes }) => ({ host, path, bytes })),
    notAsBefore: [],
    leader: 'aurora-2',
  },
  'undo-stop-schedulers': stopped,
  'undo-put-back-log': { hosts: logs },
  'undo-take-out-backup': { hosts },
  'undo-restore-flags': { hosts },
  'undo-unblock-traffic': { hosts },
  'undo-start-schedulers': { hosts },
  'undo-confirm-leader': { host: 'aurora-1', tasks: 1195 },
};

/** The event with which a step of the story completes. */
export function completed(step: StepName): RestoreEvent {
  return { type: 'step-completed', step, facts: storyFacts[step] } as RestoreEvent;
}

/** Both events of a step that goes well. */
export function ran(step: StepName, attempt = 1): readonly RestoreEvent[] {
  return [{ type: 'step-started', step, attempt }, completed(step)];
}
