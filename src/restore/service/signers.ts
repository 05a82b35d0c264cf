/** Asks Slack about people at the moment of a decision: nothing is decided by what is remembered of groups and flags. */
import { errorCodes } from '../../aurora/error-codes.ts';
import { AuroraError } from '../../aurora/errors.ts';
import type { Person } from '../../aurora/people.ts';
import type { PeopleSeen } from '../preflight/reading.ts';
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
import { judgeProofNow, type RosterSeen, whyKeyless } from '../rules/proofs.ts';
import { type SignersSeen, settleSigners } from '../rules/standing.ts';
import type { ServiceDeps } from './answer.ts';
import { type Approvers, type Asking, listApprovers, voterAmong } from './approvers.ts';
import { seeRoster } from './roster.ts';
import { peopleBehindGate } from './without-slack.ts';

/** Also by the keys of those who signed. */
type Judging = Asking & Pick<ServiceDeps, 'signatures' | 'clock' | 'whenSlackIsDown'>;

/**
 * Looks the voter up now. Fails closed: who Slack does not answer about is nobody, and an error is thrown. A group that cannot
 * be read counts nobody and fails nothing else. For what anybody may do, groups are not asked; for what must not wait for Slack
 * (`believesKnown`), somebody whom this restore knows already is believed to be who they were.
 * `toShow`: nothing is decided by it.
 */
export async function lookUpVoter(
  deps: Asking,
  asked: {
    state: RestoreState;
    userId: string;
    byAnybody?: boolean;
    believesKnown?: boolean;
    toShow?: boolean;
  },
): Promise<Voter> {
  const { state, userId, byAnybody = false, believesKnown = false, toShow = false } = asked;
  if (byAnybody) {
    const person = await deps.people.findPerson(userId).catch((error: unknown) => {
      const known = believesKnown ? knownPerson(state, userId) : null;
      if (known === null) throw error;
      return known;
    });
    return { person, isApprover: false, unread: [] };
  }
  const [person, approvers] = await Promise.all([
    deps.people.findPerson(userId),
    listApprovers(deps, state, { only: [userId], toShow }),
  ]);
  const voter = await voterAmong(deps, person, approvers);
  // A no is never given by what is remembered: they may have joined the group a moment ago.
  return voter.isApprover || !toShow ? voter : await lookUpVoter(deps, { state, userId });
}

/** Somebody who acted in this restore before, and so was a full member then. */
function knownPerson(state: RestoreState, userId: string): Person | null {
  const signed = Object.values(state.gates).flatMap(({ signOffs }) => signOffs.map(({ person }) => person));
  const known = [state.proposal.requester, ...signed, ...state.edits.map(({ person }) => person)];
  const actor = known.find((person) => person.userId === userId);
  if (actor === undefined) return null;
  const { id, name } = actor;
  return { id, userId, teamId: id.split(':')[0] ?? '', displayName: name, barred: null };
}

/** Asked at the instant of the commit: whose sign-off stands, whose fell, and whether somebody could not be judged. */
export async function lookUpSigners(
  judging: Judging,
  asked: { state: RestoreState; gate: GateName; signers: readonly Actor[] },
): Promise<SignersSeen> {
  const { state, gate } = asked;
  const deps = { ...judging, people: peopleBehindGate(judging, state.gates[gate]) };
  const standing: Actor[] = [];
  const fallen: { signer: Actor; refusal: Refusal }[] = [];
  let unknown: Refusal | null = null;
  // Each group is asked about once for all signers.
  const approvers = await listApprovers(deps, state, { only: asked.signers.map(({ userId }) => userId) });
  const roster = await seeRoster(deps, state);
  for (const signer of asked.signers) {
    const refusal =
      (await judgeNow(deps, { state, gate, signer, approvers })) ??
      judgeSignature(state, { gate, signer, roster });
    if (refusal === null) standing.push(signer);
    else if (refusal.code === 'signer-fell') fallen.push({ signer, refusal });
    else unknown ??= refusal;
  }
  return { standing, fallen, unknown };
}

async function judgeNow(
  deps: Asking,
  asked: { state: RestoreState; gate: GateName; signer: Actor; approvers: Approvers },
): Promise<Refusal | null> {
  try {
    const person = await deps.people.findPerson(asked.signer.userId);
    const voter = await voterAmong(deps, person, asked.approvers);
    return judgeFallen({ ...asked, voter });
  } catch (error) {
    if (!(error instanceof AuroraError)) throw error;
    const { code, message, hint } = error;
    return { code, message, hint };
  }
}

/** A signature counts by the roster of this instant: a key that was taken out of it since takes its sign-off along. */
function judgeSignature(
  { gates, proposal: { policy } }: RestoreState,
  asked: { gate: GateName; signer: Actor; roster: RosterSeen | null },
): Refusal | null {
  const { gate, signer, roster } = asked;
  if (roster === null || policy.signatures !== 'require') return null;
  if ('fault' in roster) {
    const message = `${signer.name} signed, and that cannot be checked now: ${roster.fault}`;
    return {
      code: errorCodes.rosterUnread,
      message,
      hint: 'Fix the roster; it is read again each time.',
    };
  }
  const fault = judgeProofNow(gates[gate], { signer, policy, roster: roster.roster });
  if (fault === null) return null;
  const message = `${signer.name} signed, and that no longer counts: ${fault}`;
  return { code: 'signer-fell', message, hint: '' };
}

/**
 * Why a commit whose gate was passed may not go out at this instant: it was held up, and its sign-offs ran out or one who
 * signed may not any more. `null` when it may.
 */
export async function findLapse(
  deps: Judging,
  held: { state: RestoreState; now: number },
): Promise<Refusal | null> {
  const { state, now } = held;
  const { policy } = state.proposal;
  const gate = state.gates.commit;
  if (gate === undefined || judgeGate(gate, { policy, now }).kind !== 'satisfied') {
    return {
      code: 'sign-offs-over',
      message: 'The commit was delayed until its sign-offs expired.',
      hint: nothingCommitted,
    };
  }
  const signers = livingSignOffs(gate, { policy, now }).map((signOff) => signOff.person);
  const seen = await lookUpSigners(deps, { state, gate: 'commit', signers });
  const { refusal } = settleSigners(gate, seen);
  if (refusal === null) return null;
  // Whom Slack does not answer about may be fine: the caller asks again.
  if (seen.unknown !== null) throw new AuroraError({ ...seen.unknown, code: errorCodes.peopleUnknown });
  return { ...refusal, hint: nothingCommitted };
}

const nothingCommitted = 'Nothing was committed. Go back and start again.';

/** Who could sign the gate now, why the other approvers cannot, and which groups could not be read. */
export interface SignersListed {
  readonly allowed: readonly Person[];
  readonly barred: readonly { readonly name: string; readonly why: string }[];
  /** A sentence each; the roster of keys, too, when signatures are asked for and it cannot be read. */
  readonly unread: readonly string[];
  /** Names of those who are allowed, and have no key to sign with: agents that require signatures would not count them. */
  readonly keyless: readonly string[];
}

/** One approver whom Slack does not answer about is listed as such, and takes nobody else along. */
export async function listSigners(
  deps: Judging,
  asked: { state: RestoreState; gate: GateName },
): Promise<SignersListed> {
  const { state, gate } = asked;
  const allowed: Person[] = [];
  const barred: { name: string; why: string }[] = [];
  const approvers = await listApprovers(deps, state, { toShow: true });
  const { unread } = approvers;
  const seen = await seeRoster(deps, state);
  const roster = seen !== null && 'roster' in seen ? seen.roster : null;
  const isRequired = state.proposal.policy.signatures === 'require';
  const keyless: string[] = [];
  const told = new Set<string>();
  for (const userId of approvers.ids) {
    const person = await deps.people.findPerson(userId).catch(() => null);
    if (person === null) {
      barred.push({ name: userId, why: 'Slack does not answer about them' });
      continue;
    }
    if (told.has(person.id)) continue;
    told.add(person.id);
    const refusal = judgePerson({ state, gate, voter: await voterAmong(deps, person, approvers) });
    const own = whyNot[refusal?.code ?? ''] ?? 'not an approver when it was proposed';
    const signed = state.gates[gate]?.signOffs.some((signOff) => signOff.person.id === person.id) ?? false;
    const why = roster === null ? null : whyKeyless(roster, person.id);
    if (refusal === null && !signed && why !== null && !isRequired) keyless.push(person.displayName);
    if (refusal === null && !signed && (why === null || !isRequired)) allowed.push(person);
    else if (refusal === null && !signed && why !== null) barred.push({ name: person.displayName, why });
    else
      barred.push({
        name: person.displayName,
        why: signed ? 'has signed' : (person.barred ?? own),
      });
  }
  const faults = seen !== null && 'fault' in seen ? [seen.fault] : [];
  return {
    // Without a roster no signature can be checked.
    allowed: isRequired && roster === null ? [] : allowed,
    barred,
    unread: [...unread, ...faults],
    keyless,
  };
}

/**
 * The approvers of now who could sign with a key of their own, each once; `null` where the policy asks nobody. Whom Slack does not
 * answer about counts as nobody. AuroraError `roster-unreadable`.
 */
export async function readAbleSigners(deps: Judging, state: RestoreState): Promise<PeopleSeen | null> {
  const seen = await seeRoster(deps, state);
  if (seen === null) return null;
  if ('fault' in seen) {
    throw new AuroraError({
      code: 'roster-unreadable',
      message: seen.fault,
      hint: 'docs/signing.md has an example.',
    });
  }
  const { ids } = await listApprovers(deps, state, {});
  const people = await Promise.all(
    [...ids].map((userId) => deps.people.findPerson(userId).catch(() => null)),
  );
  const able = people.flatMap((person) =>
    person !== null && person.barred === null && whyKeyless(seen.roster, person.id) === null
      ? [person.id]
      : [],
  );
  return { rosterHash: seen.roster.hash, able: [...new Set(able)], requester: state.proposal.requester.id };
}

const whyNot: Readonly<Record<string, string>> = {
  'own-edit': 'left tasks out of it',
  'own-proposal': 'proposed this restore',
};
