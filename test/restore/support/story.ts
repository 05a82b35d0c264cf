/** Builds journals for tests: every value has a default, so what a test names matters. */
import type { Policy } from '../../../src/aurora/cluster.ts';
import type { Recorded } from '../../../src/aurora/journal.ts';
import type { Person } from '../../../src/aurora/people.ts';
import type { Actor, Proposal, RestoreEvent } from '../../../src/restore/record/events.ts';
import { foldJournal } from '../../../src/restore/record/fold.ts';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import { ran } from './facts.ts';

export const minute = 60_000;
export const startedAt = 1_000_000_000_000;

export const policy: Policy = {
  approvers: ['UANA', 'UBO', 'UCY'],
  approverGroups: [],
  stopSigners: 1,
  commitSigners: 2,
  requesterCounts: true,
  signOffTtlMs: 30 * minute,
  commitWindowMs: 15 * minute,
  oldBackupMs: 240 * minute,
  secondLookMs: 30 * minute,
};

export const ana: Actor = { id: 'T1:UANA', userId: 'UANA', name: 'ana' };
export const bo: Actor = { id: 'T1:UBO', userId: 'UBO', name: 'bo' };
export const cy: Actor = { id: 'T1:UCY', userId: 'UCY', name: 'cy' };

export function personOf(actor: Actor, barred: string | null = null): Person {
  return { id: actor.id, userId: actor.userId, teamId: 'T1', displayName: actor.name, barred };
}

export function proposed(changes: { policy?: Partial<Policy> } = {}): Proposal {
  return {
    type: 'restore-proposed',
    cluster: 'east',
    auroraVersion: '0.22.0',
    hosts: ['aurora-1', 'aurora-2', 'aurora-3'],
    channel: 'C1',
    requester: ana,
    reason: 'replicated log corrupt on all hosts',
    incident: 'INC-4411',
    backup: { host: 'aurora-2', name: 'scheduler-backup-2026-11-23-16-30', sha256: 'ab'.repeat(32) },
    procedure: 'staged',
    policy: { ...policy, ...changes.policy },
  };
}

export const stopGate = (digest = 'd1', expiresAt = startedAt + 30 * minute): RestoreEvent => ({
  type: 'gate-opened',
  gate: 'stop',
  digest,
  needed: 1,
  expiresAt,
});

export const commitGate = (
  digest = 'c1',
  changes: { needed?: number; expiresAt?: number } = {},
): RestoreEvent => ({
  type: 'gate-opened',
  gate: 'commit',
  digest,
  needed: changes.needed ?? 2,
  expiresAt: changes.expiresAt ?? startedAt + 30 * minute,
});

export const signed = (gate: 'stop' | 'commit' | 'go-back', person: Actor, digest: string): RestoreEvent => ({
  type: 'signed-off',
  gate,
  digest,
  person,
  comment: 'checked',
});

export const passed = (
  gate: 'stop' | 'commit' | 'go-back',
  digest: string,
  signers: readonly Actor[],
): RestoreEvent => ({
  type: 'gate-passed',
  gate,
  digest,
  signers,
});

/** The restore of these tests up to the open stop gate: everything was checked, nothing was touched. */
export function untilStopGate(changes: { policy?: Partial<Policy> } = {}): readonly RestoreEvent[] {
  const checks = ['check-hosts', 'choose-backup', 'capture-live-tasks', 'preview', 'hold-backup'] as const;
  return [proposed(changes), ...checks.flatMap((step) => ran(step)), stopGate()];
}

/** … up to the first step that touches hosts. */
export function untilStopped(changes: { policy?: Partial<Policy> } = {}): readonly RestoreEvent[] {
  return [...untilStopGate(changes), signed('stop', bo, 'd1'), passed('stop', 'd1', [bo])];
}

/** … up to the open commit gate, which nobody has signed. */
export function untilCommitGate(changes: { policy?: Partial<Policy> } = {}): readonly RestoreEvent[] {
  const isolate = [
    'stop-schedulers',
    'block-traffic',
    'set-recovery-flags',
    'set-aside-log',
    'initialize-log',
    'place-backup',
    'start-schedulers',
    'find-elected',
    'stage-backup',
    'summarise-staged',
  ] as const;
  return [...untilStopped(changes), ...isolate.flatMap((step) => ran(step)), commitGate()];
}

/** … up to a commit gate that bo and cy have signed. */
export function untilSigned(changes: { policy?: Partial<Policy> } = {}): readonly RestoreEvent[] {
  return [...untilCommitGate(changes), signed('commit', bo, 'c1'), signed('commit', cy, 'c1')];
}

/** … up to bo's order to commit. */
export function untilOrdered(changes: { policy?: Partial<Policy> } = {}): readonly RestoreEvent[] {
  return [...untilSigned(changes), { type: 'commit-ordered', digest: 'c1', person: bo }];
}

/** … up to the open second look. */
export function untilLook(changes: { policy?: Partial<Policy> } = {}): readonly RestoreEvent[] {
  const restore = [
    'commit',
    'verify-restored',
    'stop-recovery-schedulers',
    'restore-flags',
    'start-restored-schedulers',
    'confirm-leader',
    'second-look',
  ] as const;
  return [
    ...untilOrdered(changes),
    passed('commit', 'c1', [bo, cy]),
    ...restore.flatMap((step) => ran(step)),
    { type: 'look-opened', until: startedAt + 30 * minute },
  ];
}

/** Records of these events, all at `startedAt` unless a pair says another instant. */
export function recordsOf(
  events: readonly (RestoreEvent | readonly [RestoreEvent, number])[],
): Recorded<RestoreEvent>[] {
  return events.map((entry, index) => {
    const [event, at] = isTimed(entry) ? entry : [entry, startedAt];
    return { restoreId: 'R1', seq: index + 1, at, event, hash: `hash-${index + 1}` };
  });
}

export function stateOf(events: readonly (RestoreEvent | readonly [RestoreEvent, number])[]): RestoreState {
  return foldJournal(recordsOf(events));
}

function isTimed(
  entry: RestoreEvent | readonly [RestoreEvent, number],
): entry is readonly [RestoreEvent, number] {
  return Array.isArray(entry);
}
