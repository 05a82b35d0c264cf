import type { Policy } from '../../aurora/cluster.ts';
import type { GateName } from '../../restore/events.ts';
import type { RestoreState } from '../../restore/state.ts';
import { mention, mentionGroup } from '../escape.ts';
import { count } from '../time.ts';

const mentionsMax = 15;

/** Mentions those who can give a gate's next signature, each once; says so when nobody can. */
export function mentionApprovers(state: RestoreState, gate: GateName): string {
  const { policy, requester } = state.proposal;
  const left = new Set(state.gates[gate]?.signOffs.map((signOff) => signOff.person.userId));
  if (!requesterCounts(gate, policy)) left.add(requester.userId);
  const people = policy.approvers.filter((userId) => !left.has(userId));
  const all = [
    ...policy.approverGroups.map(mentionGroup),
    ...people.slice(0, mentionsMax).map((userId) => mention(userId)),
    ...(people.length > mentionsMax ? [`${count(people.length - mentionsMax, 'other')}`] : []),
  ];
  return all.length === 0 ? 'nobody: no approver is configured' : all.join(', ');
}

/** `one approver other than the requester`, `two different approvers`. */
export function neededText(state: RestoreState, gate: GateName): string {
  const open = state.gates[gate];
  const missing = Math.max(0, (open?.needed ?? 0) - (open?.signOffs.length ?? 0));
  const other = requesterCounts(gate, state.proposal.policy) ? '' : ' other than the requester';
  const more = (open?.signOffs.length ?? 0) > 0 ? ' more' : '';
  if (missing <= 1) return `one${more} approver${other}`;
  return `${numberWord(missing)}${more} different approvers${other}`;
}

function requesterCounts(gate: GateName, policy: Policy): boolean {
  return gate !== 'stop' && policy.requesterCounts;
}

function numberWord(number: number): string {
  return ['no', 'one', 'two', 'three', 'four', 'five'][number] ?? String(number);
}
