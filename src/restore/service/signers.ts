/** Asks Slack about people at the moment of a decision: groups and flags are never remembered between votes. */
import type { Policy } from '../../aurora/cluster.ts';
import type { Person } from '../../aurora/people.ts';
import type { RestoreDeps } from '../ports.ts';
import type { Actor, GateName } from '../record/events.ts';
import type { RestoreState } from '../record/state.ts';
import {
  judgeFallen,
  judgeGate,
  judgePerson,
  livingSignOffs,
  type Refusal,
  type Voter,
} from '../rules/gates.ts';

type Asking = Pick<RestoreDeps, 'people'>;

/** Looks the voter up now. Fails closed: an error of Slack is thrown, and nothing is decided. */
export async function lookUpVoter(deps: Asking, asked: { policy: Policy; userId: string }): Promise<Voter> {
  const person = await deps.people.findPerson(asked.userId);
  const approvers = await listApprovers(deps, asked.policy);
  return { person, isApprover: approvers.has(asked.userId) };
}

/** Asked at the instant of the commit: a signer who lost the right since voids the order. `null` when all stand. */
export async function findFallenSigner(
  deps: Asking,
  asked: { state: RestoreState; gate: GateName; signers: readonly Actor[] },
): Promise<Refusal | null> {
  const { state, gate } = asked;
  for (const signer of asked.signers) {
    const voter = await lookUpVoter(deps, { policy: state.proposal.policy, userId: signer.userId });
    const fallen = judgeFallen({ state, gate, signer, voter });
    if (fallen !== null) return fallen;
  }
  return null;
}

/**
 * Why a commit whose gate was passed may not go out at this instant: it was held up, and its sign-offs ran out or one who
 * signed may not any more. `null` when it may.
 */
export async function findLapse(
  deps: Asking,
  held: { state: RestoreState; now: number },
): Promise<Refusal | null> {
  const { state, now } = held;
  const { policy } = state.proposal;
  const gate = state.gates.commit;
  if (gate === undefined || judgeGate(gate, { policy, now }).kind !== 'satisfied') {
    return {
      code: 'sign-offs-over',
      message: 'The commit was held up for longer than its sign-offs live.',
      hint: nothingCommitted,
    };
  }
  const signers = livingSignOffs(gate, { policy, now }).map((signOff) => signOff.person);
  const fallen = await findFallenSigner(deps, { state, gate: 'commit', signers });
  return fallen === null ? null : { ...fallen, hint: nothingCommitted };
}

const nothingCommitted = 'Nothing was committed. Go back and start again.';

/** Who could sign the gate now, and why the other approvers cannot. */
export async function listSigners(
  deps: Asking,
  asked: { state: RestoreState; gate: GateName },
): Promise<{ allowed: Person[]; barred: { name: string; why: string }[] }> {
  const { state, gate } = asked;
  const allowed: Person[] = [];
  const barred: { name: string; why: string }[] = [];
  for (const userId of await listApprovers(deps, state.proposal.policy)) {
    const person = await deps.people.findPerson(userId);
    const refusal = judgePerson({ state, gate, voter: { person, isApprover: true } });
    const own = refusal?.code === 'own-edit' ? 'left tasks out of it' : 'proposed this restore';
    const signed = state.gates[gate]?.signOffs.some((signOff) => signOff.person.id === person.id) ?? false;
    if (refusal === null && !signed) allowed.push(person);
    else
      barred.push({
        name: person.displayName,
        why: signed ? 'has signed' : (person.barred ?? own),
      });
  }
  return { allowed, barred };
}

/** The explicit list and the groups together, each person once. Both empty means nobody. */
async function listApprovers(deps: Asking, policy: Policy): Promise<ReadonlySet<string>> {
  const groups = await Promise.all(policy.approverGroups.map((group) => deps.people.listGroup(group)));
  return new Set([...policy.approvers, ...groups.flat()]);
}
