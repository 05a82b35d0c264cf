/** The small world of the model: who there is, what the policy says, and how long a tick is. */

import type { Policy, RestoreProcedure } from '../../src/aurora/cluster.ts';
import type { Person } from '../../src/aurora/people.ts';
import { procedures } from '../../src/restore/procedures/index.ts';
import type { ProcedureDefinition } from '../../src/restore/procedures/plan.ts';
import type { StagedTask } from '../../src/restore/record/staged-task.ts';
import type { Voter } from '../../src/restore/rules/gates.ts';
import type { Product } from './product.ts';

export interface World {
  readonly product: Product;
  /** The first one proposed the restore. */
  readonly people: readonly Person[];
  /** How many digests an edit can choose from. */
  readonly digests: number;
  readonly procedure: ProcedureDefinition;
}

const names = ['ana', 'bo', 'cy', 'dee', 'eli'] as const;
export const mostPeople = names.length;

/** A world of `people` approvers, the first of whom is the requester; the staged procedure unless another one is asked for. */
export function createWorld(size: {
  product: Product;
  people: number;
  digests: number;
  procedure?: RestoreProcedure;
}): World {
  const people = names.slice(0, size.people).map((name) => ({
    id: `T1:U${name.toUpperCase()}`,
    userId: `U${name.toUpperCase()}`,
    teamId: 'T1',
    displayName: name,
    barred: null,
  }));
  const { product, digests, procedure = 'staged' } = size;
  return { product, people, digests, procedure: procedures[procedure] };
}

/**
 * One tick is one millisecond to the product. A sign-off lives three ticks and the window is two, so that either can
 * be the first to end, and a gate can outlive its time to sign while its window is still open.
 */
export const policy: Policy = {
  approvers: [],
  approverGroups: ['S1', 'S2'],
  stopSigners: 1,
  commitSigners: 2,
  requesterCounts: true,
  signOffTtlMs: 3,
  commitWindowMs: 2,
  // Nothing in the stories is as old as that.
  oldBackupMs: 86_400_000,
  secondLookMs: 2,
  graceMs: 1,
  lookTraffic: 'allow',
};

/** What is staged, as far as an edit cares. */
export const stagedTasks: readonly StagedTask[] = ['t1', 't2'].map((taskId) => ({
  taskId,
  jobKey: { role: 'ads', environment: 'prod', name: 'web' },
  status: 'RUNNING',
}));

/** More edits and beginnings than this are all alike. */
export const rewindsMax = 1;

/** Somebody is in more than one approver group. */
export const groupsOf: Readonly<Record<string, readonly string[]>> = { UBO: ['S1', 'S2'] };

/** Nobody has lost a right. */
export const nobody = -1;

/** How the person of this number loses the right to sign: every other one stays in Slack but leaves the groups. */
export function fallOf(index: number): 'is deactivated' | 'leaves the approvers' {
  return index % 2 === 0 ? 'is deactivated' : 'leaves the approvers';
}

/** The person as Slack would show them now. */
export function voterOf(person: Person, isFallen: boolean, index: number): Voter {
  if (!isFallen) return { person, isApprover: true, unread: [] };
  return fallOf(index) === 'is deactivated'
    ? { person: { ...person, barred: 'deactivated people never count' }, isApprover: true, unread: [] }
    : { person, isApprover: false, unread: [] };
}
