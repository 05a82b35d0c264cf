/** What is true of a restore now, who must act until when, and what happens otherwise: for a terminal, from the journal alone. */
import { named, printable } from '../aurora/printable.ts';
import type { RosterNow } from '../aurora/signatures.ts';
import { type Statement, statementText } from '../aurora/statement.ts';
import { wayOf } from '../restore/decisions/decision.ts';
import type { Actor, GateName } from '../restore/record/events.ts';
import { mayAbort, nextItem, type RestoreState } from '../restore/record/state.ts';
import { isOver, judgeGate, livingSignOffs } from '../restore/rules/gates.ts';
import { type Signed, statementsToSign } from '../restore/rules/proofs.ts';
import { mayGoBack } from '../restore/rules/second-look.ts';
import { titleOf } from '../restore/steps/index.ts';
import { commitUntil, waitingFor } from '../slack/messages/waiting.ts';

interface Now {
  readonly now: number;
  /** Who could sign with an ssh key, and is named as an approver; `null` where that cannot be read. */
  readonly signers: readonly string[] | null;
}

/** Lines without control characters; the statement is not among them. */
export function describeRestore(state: RestoreState, at: Now): readonly string[] {
  const { proposal, restoreId, ended, stuck, paused } = state;
  const item = nextItem(state);
  const backup =
    proposal.of === undefined ? `backup ${named(proposal.backup.name)}` : `old log of ${proposal.of}`;
  return [
    `${restoreId} of ${named(proposal.cluster)}: ${backup}, procedure ${proposal.procedure}, proposed by ${nameOf(proposal.requester)} ${time(state.proposedAt)}`,
    ...(ended === null
      ? [
          `now: ${state.phase === 'undo' ? 'putting back, ' : ''}${item === null ? 'the end' : titleOf(item)}`,
          ...(stuck === null ? [] : [`STUCK: ${printable(stuck.message)} ${printable(stuck.hint)}`]),
          ...(paused === null ? [] : [`PAUSED by ${nameOf(paused.person)}: ${named(paused.reason, 300)}`]),
          ...waitingLines(state, at),
        ]
      : [`ended ${time(ended.at)}, ${ended.outcome}: ${printable(ended.message)}`]),
  ];
}

/** What would be signed now, whole; `null` when nothing is, or the policy asks nobody for a signature of their own. */
export function statementNow(state: RestoreState, now: number): Statement | null {
  const what = signedNow(state, now);
  const [statement = null] =
    what === null || state.ended !== null ? [] : statementsToSign(state, { what, now });
  return statement;
}

/** As files of statements are called. */
export function statementLines(statement: Statement): string {
  return `\n${statement.intent} is signed over this statement:\n\n${statementText(statement)}`;
}

function signedNow(state: RestoreState, now: number): Signed | null {
  const open = (['go-back', 'commit', 'stop'] as const).find((name) => {
    const gate = state.gates[name];
    return gate?.status === 'open' && !isOver(state, { gate, now });
  });
  return open ?? (waitingFor(state) === 'look' ? 'release' : null);
}

/** Who must do what, until when, and otherwise. */
function waitingLines(state: RestoreState, at: Now): readonly string[] {
  const { restoreId, look, proposal } = state;
  const run = (words: string): string => `  aurora-chatops restore ${words.replace('*', restoreId)}`;
  const abort = mayAbort(state) ? [`to stop it and put everything back:`, run('abort * --reason "…"')] : [];
  const back = mayGoBack(state)
    ? [`to go back to what was there before:`, run('go-back * --reason "…"')]
    : [];
  switch (waitingFor(state)) {
    case 'stop':
      return [
        ...gateLines(state, 'stop', at),
        'otherwise: it ends, and no host was touched',
        run('sign *'),
        ...abort,
      ];
    case 'sign-commit':
      return [
        ...gateLines(state, 'commit', at),
        'otherwise: the gate opens again without sign-offs; the hosts stay isolated',
        run('sign *'),
        ...abort,
      ];
    case 'commit':
      return [
        ...gateLines(state, 'commit', at),
        `waits for: one of those who signed, to commit, until ${time(commitUntil(state))}`,
        'otherwise: the gate opens again without sign-offs; the hosts stay isolated',
        run('commit *'),
        ...abort,
      ];
    case 'go-back':
      return [
        ...gateLines(state, 'go-back', at),
        'otherwise: it stays committed, and the second look continues',
        run('sign * --reason "…"'),
      ];
    case 'look': {
      const byTime = proposal.policy.release !== 'people' && look?.stopped === false;
      const signers = (state.gates.commit?.signOffs ?? []).map(({ person }) => nameOf(person)).join(' or ');
      return [
        `waits for: ${signers}, who signed the commit, to let it reconcile${byTime ? `, until ${time(look.until)}` : ''}`,
        byTime
          ? 'otherwise: it reconciles by itself then, if Slack answers; without Slack it waits'
          : 'otherwise: nothing happens, it waits for people',
        run('release *'),
        ...back,
      ];
    }
    case 'paused':
    case 'stuck':
      return [
        'waits for: a person; look again, resume and leave as it is are pressed in Slack',
        ...abort,
        ...back,
      ];
    default:
      return ['waits for: nobody', ...abort, ...back];
  }
}

function gateLines(state: RestoreState, name: GateName, { now, signers }: Now): readonly string[] {
  const gate = state.gates[name];
  if (gate === undefined) return [];
  const { policy } = state.proposal;
  const verdict = judgeGate(gate, { policy, now });
  const living = livingSignOffs(gate, { policy, now }).map(({ person }) => nameOf(person));
  const missing = verdict.kind === 'waiting' ? verdict.missing : 0;
  return [
    `signed: ${living.length === 0 ? 'nobody yet' : living.join(', ')} (${gate.needed} needed)`,
    ...(missing === 0
      ? []
      : [`waits for: ${missing} more to sign, until ${time(gate.expiresAt)}`, ...canSign(signers)]),
    ...(verdict.kind === 'expired' ? ['its time is over: the running bot opens it again, or ends it'] : []),
  ];
}

function canSign(signers: readonly string[] | null): readonly string[] {
  if (signers === null) return [];
  return [
    `can sign here: ${signers.length === 0 ? 'nobody by name' : signers.join(', ')}; and members of approver groups while Slack answers`,
  ];
}

/** Of the approvers by name, then and now, those with an ssh key that is good. */
export function signersHere(
  state: RestoreState,
  by: { roster: RosterNow; approvers: readonly string[] },
): readonly string[] {
  const { roster, approvers } = by;
  return roster.people.filter((id) => {
    const userId = id.slice(id.indexOf(':') + 1);
    const isNamed = approvers.includes(userId) && state.proposal.policy.approvers.includes(userId);
    return isNamed && roster.keysOf(id)?.some(({ type }) => type === 'ssh') === true;
  });
}

function nameOf(person: Actor): string {
  return `${named(person.name)}${named(wayOf(person), 140) === '' ? '' : ` ${named(wayOf(person), 140)}`}`;
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
