/** Restores as journals, with the numbers of the recorded one (fixtures/restore-staged). */
import type { Recorded } from '../../../src/aurora/journal.ts';
import type { Proposal, RestoreEvent } from '../../../src/restore/record/events.ts';
import type { BlastSummary, StepFacts, StepName } from '../../../src/restore/record/facts.ts';
import { foldEvent, foldJournal } from '../../../src/restore/record/fold.ts';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import { decidedLine } from '../../../src/slack/messages/decided.ts';
import { storyFacts } from '../../restore/support/facts.ts';
import { ana, bo, cy, policy } from '../../restore/support/story.ts';

const startedAt = Date.UTC(2026, 10, 23, 14, 16);
const second = 1000;

export const blast: BlastSummary = {
  killed: 3,
  rescheduled: 4,
  kept: 5,
  jobs: [
    { job: 'new/prod/late', killed: 2, rescheduled: 0, kept: 0, tier: 'preferred', owner: 'neo' },
    { job: 'www/prod/web', killed: 1, rescheduled: 1, kept: 3, tier: 'preferred', owner: 'www' },
    { job: 'www/devel/scratch', killed: 0, rescheduled: 2, kept: 0, tier: '', owner: 'dev' },
    { job: 'ads/prod/bidder', killed: 0, rescheduled: 1, kept: 2, tier: 'preferred', owner: 'ads' },
  ],
  jobsLeftOut: 0,
  document: 'preview',
  sha256: 'cd'.repeat(32),
};

export const proposal: Proposal = {
  type: 'restore-proposed',
  cluster: 'east',
  auroraVersion: '0.22.0',
  hosts: ['aurora-1', 'aurora-2', 'aurora-3'],
  channel: 'C0OPS',
  requester: ana,
  reason: 'replicated log corrupt on all hosts',
  incident: 'INC-4411',
  backup: { host: 'aurora-2', name: 'scheduler-backup-2026-11-23-14-02', sha256: '9c1e'.repeat(16) },
  procedure: 'staged',
  policy,
};

const stopDigest = '9c1e0003'.repeat(8);
export const commitDigest = '71f022ab'.repeat(8);
const goBackDigest = '0badcafe'.repeat(8);
const until = (minutes: number): number => startedAt + minutes * 60 * second;

const facts: { readonly [N in StepName]?: StepFacts[N] } = {
  'choose-backup': {
    ...storyFacts['choose-backup'],
    ageMs: 14 * 60 * second,
    report: {
      ...storyFacts['choose-backup'].report,
      sha256: proposal.backup.sha256,
      timestampMs: startedAt - 14 * 60 * second,
      quotas: 2,
      cronJobs: 1,
    },
  },
  preview: { blast, planDigest: stopDigest },
  'stop-schedulers': { killed: ['aurora-3'] },
  'summarise-staged': {
    ...storyFacts['summarise-staged'],
    host: 'aurora-1',
    tasks: 9,
    blast,
    commitDigest,
    stagedDocument: 'staged-tasks',
  },
  commit: { host: 'aurora-1', answer: 'ok', ms: 59, messages: [] },
  'verify-restored': { host: 'aurora-3', tasks: 9 },
  'confirm-leader': { host: 'aurora-3', frameworkId: 'fw-1', tasks: 9 },
  soak: { observed: { killed: 3, rescheduled: 4, kept: 5 }, asPredicted: true, differences: [] },
};

/** A step that goes well, with other facts where they matter. */
export function ran<N extends StepName>(step: N, changes: Partial<StepFacts[N]> = {}): RestoreEvent[] {
  const found = { ...storyFacts[step], ...facts[step], ...changes };
  return [
    { type: 'step-started', step, attempt: 1 },
    { type: 'step-completed', step, facts: found } as RestoreEvent,
  ];
}

export const runAll = (...steps: StepName[]): RestoreEvent[] => steps.flatMap((step) => ran(step));
export const signed = (
  gate: 'stop' | 'commit' | 'go-back',
  person: typeof ana,
  comment = '',
): RestoreEvent => ({
  type: 'signed-off',
  gate,
  digest: { stop: stopDigest, commit: commitDigest, 'go-back': goBackDigest }[gate],
  person,
  comment,
});
export const opened = (
  gate: 'stop' | 'commit' | 'go-back',
  needed: number,
  minutes: number,
): RestoreEvent => ({
  type: 'gate-opened',
  gate,
  digest: { stop: stopDigest, commit: commitDigest, 'go-back': goBackDigest }[gate],
  needed,
  expiresAt: until(minutes),
});
export const passed = (gate: 'stop' | 'commit' | 'go-back', ...signers: (typeof ana)[]): RestoreEvent => ({
  type: 'gate-passed',
  gate,
  digest: { stop: stopDigest, commit: commitDigest, 'go-back': goBackDigest }[gate],
  signers,
});

export const planned: readonly RestoreEvent[] = [
  proposal,
  ...runAll('check-hosts', 'choose-backup', 'capture-live-tasks', 'preview', 'hold-backup'),
  opened('stop', 1, 30),
];
export const staged: readonly RestoreEvent[] = [
  ...planned,
  { type: 'refused', person: ana, what: 'sign off stop', code: 'own-proposal', message: 'You proposed it.' },
  signed('stop', bo, 'checked with ads, go'),
  passed('stop', bo),
  ...runAll('stop-schedulers', 'block-traffic', 'set-recovery-flags', 'set-aside-log', 'initialize-log'),
  ...runAll('place-backup', 'start-schedulers', 'find-elected', 'stage-backup', 'summarise-staged'),
  opened('commit', 2, 38),
];
export const looking: readonly RestoreEvent[] = [
  ...staged,
  signed('commit', bo),
  signed('commit', cy, 'same as the plan'),
  { type: 'commit-ordered', digest: commitDigest, person: cy },
  passed('commit', bo, cy),
  ...runAll('commit', 'verify-restored', 'stop-recovery-schedulers', 'restore-flags'),
  ...runAll('start-restored-schedulers', 'confirm-leader', 'second-look'),
  { type: 'look-opened', until: until(49) },
];
const undone: readonly RestoreEvent[] = [
  ...runAll('undo-stop-schedulers', 'undo-put-back-log', 'undo-take-out-backup', 'undo-restore-flags'),
  ...runAll('undo-unblock-traffic', 'undo-start-schedulers', 'undo-confirm-leader'),
  // What was set aside is back in its place.
  ...ran('report', { setAside: [] }),
  { type: 'restore-ended', outcome: 'undone', message: 'Everything was put back before a commit.' },
];

/** With the recovery tool, which needed a second run. */
export const offLine: readonly RestoreEvent[] = [
  { ...proposal, procedure: 'recovery-tool', procedureReason: 'configured for this cluster' },
  ...planned.slice(1),
  signed('stop', bo, 'checked with ads, go'),
  passed('stop', bo),
  ...runAll('stop-schedulers', 'block-traffic', 'set-recovery-flags', 'set-aside-log'),
  ...runAll('initialize-quorum', 'place-backup-on-one'),
  ...ran('summarise-backup', { tasks: 9, blast, commitDigest }),
  opened('commit', 2, 38),
  signed('commit', bo),
  signed('commit', cy),
  { type: 'commit-ordered', digest: commitDigest, person: cy },
  passed('commit', bo, cy),
  ...ran('run-recovery-tool', { runs: 2, setAside: [{ path: '/var/db/aurora.failed-R1', bytes: 4_096 }] }),
  ...runAll(
    'start-quorum',
    'verify-restored',
    'start-remaining',
    'stop-recovery-schedulers',
    'restore-flags',
  ),
  ...runAll('start-restored-schedulers', 'confirm-leader', 'second-look'),
  { type: 'look-opened', until: until(49) },
  { type: 'release-ordered', person: cy },
  ...runAll('unblock-traffic', 'release-reconciliation', 'soak'),
  ...ran('report', {
    setAside: [
      ...storyFacts.report.setAside,
      { host: 'aurora-2', path: '/var/db/aurora.failed-R1', bytes: 4_096 },
    ],
  }),
  { type: 'restore-ended', outcome: 'completed', message: 'Restored and verified.' },
];

/** Back to the log that R0 set aside. */
const oldLog: readonly RestoreEvent[] = [
  { ...proposal, procedure: 'set-aside-log', procedureReason: 'back to what was before R0', of: 'R0' },
  ...runAll('check-hosts', 'check-set-aside', 'capture-live-tasks'),
  ...ran('preview', { blast, planDigest: stopDigest }),
  opened('stop', 1, 30),
  signed('stop', bo),
  passed('stop', bo),
  ...runAll('stop-schedulers', 'block-traffic', 'set-recovery-flags', 'set-aside-log'),
  ...runAll('bring-back-log', 'start-schedulers'),
  ...ran('read-old-state', { tasks: 9, blast, commitDigest }),
  opened('commit', 2, 38),
  signed('commit', bo),
  signed('commit', cy),
  { type: 'commit-ordered', digest: commitDigest, person: cy },
  passed('commit', bo, cy),
  ...runAll('verify-restored', 'stop-recovery-schedulers', 'restore-flags'),
  ...runAll('start-restored-schedulers', 'confirm-leader', 'second-look'),
  { type: 'look-opened', until: until(49) },
  { type: 'release-ordered', person: cy },
  ...runAll('unblock-traffic', 'release-reconciliation', 'soak', 'report'),
  { type: 'restore-ended', outcome: 'completed', message: 'Restored and verified.' },
];

export const stories: Readonly<Record<string, readonly RestoreEvent[]>> = {
  'off-line': offLine,
  'back to the old log': oldLog,
  completed: [
    ...looking,
    { type: 'look-extended', person: bo, until: until(79) },
    { type: 'release-ordered', person: cy },
    ...runAll('unblock-traffic', 'release-reconciliation', 'soak', 'report'),
    { type: 'restore-ended', outcome: 'completed', message: 'Restored and verified.' },
  ],
  aborted: [...staged, { type: 'abort-ordered', person: ana, reason: 'wrong backup after all' }, ...undone],
  'gone back': [
    ...looking,
    opened('go-back', 2, 60),
    signed('go-back', bo, 'bidder misbehaves'),
    signed('go-back', cy),
    passed('go-back', bo, cy),
    ...undone,
  ],
  'a signer fell, others approve now, and the second look was reminded of': [
    ...staged,
    signed('commit', bo),
    signed('commit', cy),
    {
      type: 'sign-off-fell',
      gate: 'commit',
      digest: commitDigest,
      person: cy,
      message: 'cy signed, but no longer counts: a deactivated account.',
    },
    { type: 'approvers-changed', approvers: ['UBO', 'UDEE'], approverGroups: ['S0ONCALL'] },
    signed('commit', ana),
    ...looking.slice(looking.findIndex(({ type }) => type === 'commit-ordered')),
    { type: 'look-reminded', until: until(49) },
    opened('go-back', 2, 60),
    signed('go-back', bo, 'bidder misbehaves'),
    { type: 'gate-expired', gate: 'go-back' },
  ],
  declined: [
    ...planned,
    { type: 'declined', gate: 'stop', digest: stopDigest, person: bo, reason: 'not during the sale' },
    { type: 'restore-ended', outcome: 'declined', message: 'Declined before any host was touched.' },
  ],
  expired: [
    ...planned,
    { type: 'gate-expired', gate: 'stop' },
    { type: 'restore-ended', outcome: 'expired', message: 'Nobody approved in time; no host was touched.' },
  ],
  failed: [
    proposal,
    { type: 'step-started', step: 'check-hosts', attempt: 1 },
    {
      type: 'step-failed',
      step: 'check-hosts',
      code: 'host-unfit',
      message: 'aurora-2: `mesos-log` is missing.',
      hint: 'Install it.',
    },
    { type: 'restore-ended', outcome: 'failed', message: 'aurora-2: `mesos-log` is missing. Install it.' },
  ],
  stuck: [
    ...staged.slice(0, -3),
    { type: 'step-started', step: 'summarise-staged', attempt: 1 },
    {
      type: 'step-failed',
      step: 'summarise-staged',
      code: 'agent-unreachable',
      message: 'aurora-2 does not answer since 14:31.',
      hint: 'Start the agent on aurora-2 (`systemctl start aurora-chatops-agent`).',
    },
    { type: 'look-again-ordered', person: bo },
    ...runAll('summarise-staged'),
    opened('commit', 2, 38),
  ],
  'commit unknown, not as predicted': [
    ...looking.slice(0, -15),
    ...ran('commit', { answer: 'unknown', messages: ['socket hang up'] }),
    ...runAll('verify-restored', 'stop-recovery-schedulers', 'restore-flags'),
    ...runAll('start-restored-schedulers', 'confirm-leader', 'second-look'),
    { type: 'look-opened', until: until(49) },
    { type: 'release-ordered', person: null },
    ...runAll('unblock-traffic', 'release-reconciliation'),
    ...ran('soak', { asPredicted: false, differences: ['x-1 ended, which was not predicted'] }),
    ...runAll('report'),
    { type: 'restore-ended', outcome: 'completed', message: 'Restored and verified.' },
  ],
};

/** Twenty seconds between two events. */
export function recordsOf(events: readonly RestoreEvent[]): Recorded<RestoreEvent>[] {
  return events.map((event, index) => ({
    restoreId: 'R1',
    seq: index + 1,
    at: startedAt + index * 20 * second,
    event,
    hash: `${index + 1}`.padStart(64, 'a'),
  }));
}

/** The state after each event. */
export function statesOf(records: readonly Recorded<RestoreEvent>[]): RestoreState[] {
  const states: RestoreState[] = [];
  for (const record of records) {
    const last = states.at(-1);
    states.push(last === undefined ? foldJournal([record]) : foldEvent(last, record));
  }
  return states;
}

/** What people decided in these records, as the report lists it. */
export function decisionsOf(records: readonly Recorded<RestoreEvent>[]): string[] {
  return records.map(decidedLine).filter((line) => line !== null);
}
