import type { Policy } from '../../aurora/cluster.ts';
import type { Actor, GateName } from '../../restore/record/events.ts';
import type { RestoreState } from '../../restore/record/state.ts';
import { judgeGate } from '../../restore/rules/gates.ts';
import { foreign, mention, mentionGroup } from '../escape.ts';
import { count } from '../time.ts';

const mentionsMax = 15;

/** Mentions those who can give a gate's next signature, each once; says so when nobody can. */
export function mentionApprovers(state: RestoreState, gate: GateName): string {
  const { approvers, approverGroups } = state.approvers;
  const left = new Set(state.gates[gate]?.signOffs.map((signOff) => signOff.person.userId));
  for (const author of idleAuthors(state, gate)) left.add(author.userId);
  return mentionAll({ approverGroups, approvers: approvers.filter((userId) => !left.has(userId)) });
}

/** Those whom a proposal of this person would ask, before there is one. */
export function mentionConfigured(asks: { policy: Policy; userId: string }): string {
  const { approvers, approverGroups } = asks.policy;
  return mentionAll({ approverGroups, approvers: approvers.filter((userId) => userId !== asks.userId) });
}

function mentionAll({
  approvers: people,
  approverGroups,
}: Pick<Policy, 'approvers' | 'approverGroups'>): string {
  const all = [
    ...approverGroups.map(mentionGroup),
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
  const other = otherThan(state, gate);
  const more = signed ? ' more' : '';
  if (missing <= 1) return `one${more} approver${other}`;
  return `${numberWord(missing)}${more} different approvers${other}`;
}

/** The requester and, at the commit gate, whoever left tasks out; each once, the requester first. */
function authorsAt(state: RestoreState, gate: GateName): readonly Actor[] {
  const editors = gate === 'commit' ? state.edits.map((edit) => edit.person) : [];
  const authors = new Map([state.proposal.requester, ...editors].map((author) => [author.id, author]));
  return [...authors.values()];
}

/** Authors whose signature would fill no place: none of theirs counts here, or the place they share is filled. */
function idleAuthors(state: RestoreState, gate: GateName): readonly Actor[] {
  const authors = authorsAt(state, gate);
  if (!requesterCounts(gate, state.proposal.policy)) return authors;
  const signed = new Set(state.gates[gate]?.signOffs.map((signOff) => signOff.person.id));
  // Going back is nobody's work: there the requester is one approver among others.
  return gate === 'commit' && authors.some((author) => signed.has(author.id)) ? authors : [];
}

function otherThan(state: RestoreState, gate: GateName): string {
  const idle = idleAuthors(state, gate);
  if (idle.length === 0) return '';
  const counts = requesterCounts(gate, state.proposal.policy);
  // A requester who signed alone is not expected to sign once more.
  if (counts && idle.length === 1) return '';
  const editors = idle.slice(1).map((editor) => foreign(editor.name, 60));
  return ` other than ${wordList(['the requester', ...editors])}`;
}

function requesterCounts(gate: GateName, policy: Policy): boolean {
  return gate !== 'stop' && policy.requesterCounts;
}

/** `ana`, `ana and bo`, `ana, bo and cy`. */
export function wordList(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

function numberWord(number: number): string {
  return ['no', 'one', 'two', 'three', 'four', 'five'][number] ?? String(number);
}
