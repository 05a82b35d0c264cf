/** Who approves a restore, asked afresh: the list and the groups of today's configuration, and of the proposal's policy. */
import { messageOf } from '../../aurora/errors.ts';
import type { Person } from '../../aurora/people.ts';
import type { RestoreState } from '../record/state.ts';
import type { Voter } from '../rules/gates.ts';
import type { ServiceDeps } from './answer.ts';

/** Slack allows some twenty questions about groups a minute (slack.md 4.3). */
const knownForMs = 30_000;

/** More approvers than this are not looked up for somebody who is not among them by id. */
const lookedUpMax = 100;

export type Asking = Pick<ServiceDeps, 'people' | 'clusters'>;

export interface Approvers {
  readonly ids: ReadonlySet<string>;
  /** Who was one when it was proposed, and has to be as well; `null` when that cannot be told: a group of then cannot be read. */
  readonly before: ReadonlySet<string> | null;
  /** Groups that could not be read, a sentence each. */
  readonly unread: readonly string[];
}

/** Groups that cannot be read now, a sentence each. */
export async function listUnreadGroups(deps: Asking, state: RestoreState): Promise<readonly string[]> {
  return (await listApprovers(deps, state, { toShow: true })).unread;
}

/**
 * The explicit list and the groups together, each person once; both empty means nobody. Today's configuration says who (of a cluster
 * that is not configured any more, the record does), and of those who the proposal's policy names: whoever is made an approver in
 * the middle of a restore decides nothing in it. Only where a group of the proposal cannot be read, today's word alone counts, so
 * that mending the configuration helps a restore that runs. Groups are not asked when all that is wanted to know is about people
 * (`only`) who are in both lists; nor more often than twice a minute for what is only shown (`toShow`), and judged again when it is
 * decided.
 */
export async function listApprovers(
  deps: Asking,
  state: RestoreState,
  asked: { only?: readonly string[]; toShow?: boolean },
): Promise<Approvers> {
  const today = approversNow(deps, state);
  const { policy } = state.proposal;
  const { only, toShow = false } = asked;
  const areNamed = only?.every((id) => today.approvers.includes(id) && policy.approvers.includes(id));
  if (areNamed === true) return { ids: new Set(only), before: null, unread: [] };
  const groups = await readGroups(deps, [...today.approverGroups, ...policy.approverGroups], toShow);
  const membersOf = (group: string) => groups.get(group)?.members ?? [];
  return {
    ids: new Set([...today.approvers, ...today.approverGroups.flatMap(membersOf)]),
    before: policy.approverGroups.some((group) => groups.get(group)?.members === undefined)
      ? null
      : new Set([...policy.approvers, ...policy.approverGroups.flatMap(membersOf)]),
    unread: [...new Set(today.approverGroups)].flatMap((group) => groups.get(group)?.unread ?? []).sort(),
  };
}

/** Each group once: its members, or a sentence that says why they are not known. */
async function readGroups(
  deps: Asking,
  groups: readonly string[],
  toShow: boolean,
): Promise<ReadonlyMap<string, GroupSeen>> {
  const see = async (group: string): Promise<GroupSeen> => {
    try {
      return { members: await deps.people.listGroup(group, toShow ? knownForMs : 0) };
    } catch (error) {
      return { unread: `${messageOf(error)} It counts nobody now.` };
    }
  };
  const all = [...new Set(groups)].map(async (group) => [group, await see(group)] as const);
  return new Map(await Promise.all(all));
}

interface GroupSeen {
  readonly members?: readonly string[];
  readonly unread?: string;
}

/** Who approves today. */
export function approversNow(
  { clusters }: Pick<Asking, 'clusters'>,
  { proposal, approvers }: RestoreState,
): RestoreState['approvers'] {
  return clusters.get(proposal.cluster)?.cluster.policy ?? approvers;
}

/** The person as a voter: an approver of today's configuration, and of the proposal's policy where that can be told. */
export async function voterAmong(
  deps: Asking,
  person: Person,
  { ids, before, unread }: Approvers,
): Promise<Voter> {
  const isApprover =
    (await isAmong(deps, person, ids)) && (before === null || (await isAmong(deps, person, before)));
  return { person, isApprover, unread };
}

/**
 * Whether this person is one of these user ids: one human may have several in Slack, the approvers name one, and they act under
 * another. Who cannot be looked up counts as nobody.
 */
export async function isAmong(
  deps: Pick<Asking, 'people'>,
  person: Person,
  userIds: ReadonlySet<string>,
): Promise<boolean> {
  if (userIds.has(person.userId)) return true;
  if (person.enterpriseUserId === undefined || person.barred !== null) return false;
  if (userIds.has(person.enterpriseUserId)) return true;
  const approvers = await Promise.allSettled(
    [...userIds].slice(0, lookedUpMax).map((userId) => deps.people.findPerson(userId)),
  );
  return approvers.some((answer) => answer.status === 'fulfilled' && answer.value.id === person.id);
}
