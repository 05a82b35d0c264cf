import type { Policy } from '../../aurora/cluster.ts';
import type { GateName } from '../../restore/events.ts';
import { judgeGate } from '../../restore/gates.ts';
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

/** How many more a gate needs, by the judgement that lets it pass; as of the last sign-off, since an expiry is an event of its own. */
export function missingSignOffs(state: RestoreState, name: GateName): number {
  const gate = state.gates[name];
  if (gate === undefined) return 0;
  const now = Math.max(gate.openedAt, ...gate.signOffs.map((signOff) => signOff.at));
  const verdict = judgeGate(gate, { policy: state.proposal.policy, now });
  return verdict.kind === 'waiting' ? verdict.missing : 0;
}

/** `one approver other than the requester`, `two different approvers`. */
export function neededText(state: RestoreState, gate: GateName): string {
  const signed = (state.gates[gate]?.signOffs.length ?? 0) > 0;
  const missing = missingSignOffs(state, gate);
  const other = requesterCounts(gate, state.proposal.policy) ? '' : ' other than the requester';
  const more = signed ? ' more' : '';
  if (missing <= 1) return `one${more} approver${other}`;
  return `${numberWord(missing)}${more} different approvers${other}`;
}

function requesterCounts(gate: GateName, policy: Policy): boolean {
  return gate !== 'stop' && policy.requesterCounts;
}

function numberWord(number: number): string {
  return ['no', 'one', 'two', 'three', 'four', 'five'][number] ?? String(number);
}
