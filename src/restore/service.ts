/**
 * What people do to a restore: propose, sign, decline, commit, abort, go back, let it reconcile. Every answer is a
 * value: `ok`, or a refusal with a reason and a next step for the person who asked. Refusals are in the record.
 * Nothing here acts on a host; it writes decisions down and the worker does the rest.
 */

import type { Policy } from '../aurora/cluster.ts';
import { AuroraError } from '../aurora/errors.ts';
import type { Person } from '../aurora/people.ts';
import { digestOf } from './digest.ts';
import type { Actor, BackupChoice, GateName, RestoreEvent } from './events.ts';
import { recoveryFlags } from './flags.ts';
import {
  judgeGate,
  judgePerson,
  judgeSigner,
  livingSignOffs,
  type Refusal,
  signersNeeded,
  type Voter,
} from './gates.ts';
import type { RestoreDeps } from './ports.ts';
import { foldJournal, hasTouchedHosts, nextItem, type RestoreState } from './state.ts';

export type Answer =
  | { readonly ok: true; readonly state: RestoreState }
  | { readonly ok: false; readonly refusal: Refusal };

export interface RestoreService {
  propose(proposal: {
    cluster: string;
    channel: string;
    userId: string;
    reason: string;
    incident: string;
    backup: BackupChoice;
  }): Promise<Answer>;
  signOff(vote: {
    restoreId: string;
    gate: GateName;
    digest: string;
    userId: string;
    comment: string;
  }): Promise<Answer>;
  decline(vote: {
    restoreId: string;
    gate: GateName;
    digest: string;
    userId: string;
    reason: string;
  }): Promise<Answer>;
  /** One of the signers presses commit and types the cluster's name. */
  commit(order: { restoreId: string; digest: string; userId: string; typedCluster: string }): Promise<Answer>;
  /** Anybody known in the channel may stop a restore before the commit. */
  abort(order: { restoreId: string; userId: string; reason: string }): Promise<Answer>;
  /** At the second look, by one of the signers of the commit. */
  release(order: { restoreId: string; userId: string }): Promise<Answer>;
  /** At the second look: opens, or signs, the gate that leads back to the old state. */
  goBack(order: { restoreId: string; userId: string; reason: string }): Promise<Answer>;
  extendLook(order: { restoreId: string; userId: string; byMs: number }): Promise<Answer>;
  /** Somebody did what a stuck restore asked for: the step looks again and believes only what it sees. */
  lookAgain(order: { restoreId: string; userId: string }): Promise<Answer>;
  whoCanSign(question: {
    restoreId: string;
    gate: GateName;
  }): Promise<{ allowed: readonly Person[]; barred: readonly { name: string; why: string }[] }>;
  read(restoreId: string): Promise<RestoreState | null>;
  /** Newest first. */
  list(filter: { open?: boolean; cluster?: string }): Promise<readonly RestoreState[]>;
}

/** Builds the service over the ports; `onDecision` wakes the worker. */
export function createRestoreService(
  deps: RestoreDeps,
  onDecision: (restoreId: string) => void,
): RestoreService {
  const read = async (restoreId: string): Promise<RestoreState | null> => {
    const records = await deps.journal.read(restoreId);
    return records.length === 0 ? null : foldJournal(records);
  };

  /** Decides on the newest state and appends; reads and decides again when somebody was faster. */
  const decide = async (request: {
    restoreId: string;
    userId: string;
    what: string;
    judge: (
      state: RestoreState,
      voter: Voter,
      now: number,
    ) => Promise<Refusal | readonly RestoreEvent[]> | Refusal | readonly RestoreEvent[];
  }): Promise<Answer> => {
    for (;;) {
      const state = await read(request.restoreId);
      if (state === null) return { ok: false, refusal: unknownRestore(request.restoreId) };
      const voter = await lookUpVoter(deps, { policy: state.proposal.policy, userId: request.userId });
      const now = deps.clock.now();
      const verdict: Refusal | readonly RestoreEvent[] =
        state.ended === null ? await request.judge(state, voter, now) : alreadyEnded(state);
      const events: readonly RestoreEvent[] = isRefusal(verdict)
        ? [
            {
              type: 'refused',
              person: actorOf(voter.person),
              what: request.what,
              code: verdict.code,
              message: verdict.message,
            },
          ]
        : verdict;
      try {
        await deps.journal.append({
          restoreId: state.restoreId,
          expectedSeq: state.seq,
          at: now,
          events,
          ends: events.at(-1)?.type === 'restore-ended',
        });
      } catch (error) {
        if (error instanceof AuroraError && error.code === 'journal-moved') continue;
        throw error;
      }
      if (isRefusal(verdict)) return { ok: false, refusal: verdict };
      onDecision(request.restoreId);
      const newest = await read(request.restoreId);
      return newest === null
        ? { ok: false, refusal: unknownRestore(request.restoreId) }
        : { ok: true, state: newest };
    }
  };

  return {
    read,
    list: async (filter) => {
      const restores = await deps.journal.listRestores(filter);
      const states = await Promise.all(restores.map((restore) => read(restore.restoreId)));
      return states.filter((state) => state !== null).sort((a, b) => b.proposedAt - a.proposedAt);
    },
    propose: async ({ cluster: name, channel, userId, reason, incident, backup }) => {
      const access = deps.clusters.get(name);
      if (access === undefined) return { ok: false, refusal: unknownCluster(name, deps) };
      if (reason.trim() === '') return { ok: false, refusal: missingReason };
      const person = await deps.people.findPerson(userId);
      if (person.barred !== null) return { ok: false, refusal: judgeBarred(person.barred) };
      const restoreId = await deps.journal.nextRestoreId();
      try {
        await deps.journal.open({
          restoreId,
          cluster: name,
          at: deps.clock.now(),
          event: {
            type: 'restore-proposed',
            cluster: name,
            auroraVersion: access.cluster.auroraVersion,
            hosts: access.cluster.hosts.map((host) => host.name),
            channel,
            requester: actorOf(person),
            reason: reason.trim(),
            incident: incident.trim(),
            backup,
            procedure: 'staged',
            policy: access.cluster.policy,
          },
        });
      } catch (error) {
        if (error instanceof AuroraError && error.code === 'cluster-busy') {
          return { ok: false, refusal: { code: error.code, message: error.message, hint: error.hint } };
        }
        throw error;
      }
      onDecision(restoreId);
      const state = await read(restoreId);
      return state === null ? { ok: false, refusal: unknownRestore(restoreId) } : { ok: true, state };
    },
    signOff: ({ restoreId, gate, digest, userId, comment }) =>
      decide({
        restoreId,
        userId,
        what: `sign off ${gate}`,
        judge: (state, voter, now) =>
          judgeSigner({ state, gate, digest, voter, now }) ?? [
            { type: 'signed-off', gate, digest, person: actorOf(voter.person), comment: comment.trim() },
          ],
      }),
    decline: ({ restoreId, gate, digest, userId, reason }) =>
      decide({
        restoreId,
        userId,
        what: `decline ${gate}`,
        judge: (state, voter, now) => {
          if (reason.trim() === '') return missingReason;
          const open = state.gates[gate];
          const isRequester = voter.person.id === state.proposal.requester.id;
          if (open?.status !== 'open' || open.digest !== digest || now >= open.expiresAt) {
            return judgeSigner({ state, gate, digest, voter, now }) ?? notOpen;
          }
          if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
          if (!voter.isApprover && !isRequester) return judgePerson({ state, gate, voter }) ?? notOpen;
          if (gate === 'commit' && state.commitOrdered !== null) return committedAlready;
          return [{ type: 'declined', gate, digest, person: actorOf(voter.person), reason: reason.trim() }];
        },
      }),
    commit: ({ restoreId, digest, userId, typedCluster }) =>
      decide({
        restoreId,
        userId,
        what: 'commit',
        judge: async (state, voter, now) => {
          const gate = state.gates.commit;
          if (state.commitOrdered !== null) return committedAlready;
          if (gate?.status !== 'open') return notOpen;
          if (gate.digest !== digest)
            return judgeSigner({ state, gate: 'commit', digest, voter, now }) ?? notOpen;
          if (typedCluster.trim() !== state.proposal.cluster) {
            return {
              code: 'wrong-name',
              message: `You typed "${typedCluster.trim().slice(0, 60)}"; the cluster is called \`${state.proposal.cluster}\`.`,
              hint: 'Press Commit again and type the name exactly.',
            };
          }
          const verdict = judgeGate(gate, { policy: state.proposal.policy, now });
          if (verdict.kind === 'waiting') {
            return {
              code: 'sign-offs-missing',
              message: `${verdict.missing} more sign-off${verdict.missing === 1 ? ' is' : 's are'} needed before anybody can commit.`,
              hint: 'Press "Who can approve?" to see who can give it.',
            };
          }
          if (verdict.kind !== 'satisfied') return gateOver;
          const signers = livingSignOffs(gate, { policy: state.proposal.policy, now });
          if (!signers.some((signOff) => signOff.person.id === voter.person.id)) {
            return {
              code: 'not-a-signer',
              message: 'Only one of those who signed can commit.',
              hint: `That is ${signers.map((signOff) => signOff.person.name).join(' or ')}.`,
            };
          }
          const fallen = await findFallenSigner(deps, {
            state,
            gate: 'commit',
            signers: signers.map((signOff) => signOff.person),
          });
          if (fallen !== null) return fallen;
          return [{ type: 'commit-ordered', digest, person: actorOf(voter.person) }];
        },
      }),
    abort: ({ restoreId, userId, reason }) =>
      decide({
        restoreId,
        userId,
        what: 'abort',
        judge: (state, voter) => {
          if (reason.trim() === '') return missingReason;
          if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
          if (state.phase === 'undo') {
            return {
              code: 'undo-already',
              message: 'Everything is being put back already.',
              hint: 'The card shows how far it is.',
            };
          }
          if (state.commitOrdered !== null) {
            return {
              code: 'after-commit',
              message: 'The commit has been ordered; it cannot be undone by an abort.',
              hint: 'At the second look, "Go back to the old state" puts the old logs back.',
            };
          }
          const order: RestoreEvent = {
            type: 'abort-ordered',
            person: actorOf(voter.person),
            reason: reason.trim(),
          };
          return hasTouchedHosts(state)
            ? [order]
            : [
                order,
                { type: 'restore-ended', outcome: 'undone', message: 'Stopped before any host was touched.' },
              ];
        },
      }),
    release: ({ restoreId, userId }) =>
      decide({
        restoreId,
        userId,
        what: 'let it reconcile',
        judge: (state, voter) => {
          if (nextItem(state)?.kind !== 'look' || state.look === null) return noLook;
          const refusal = judgeLooker(state, voter);
          return refusal ?? [{ type: 'release-ordered', person: actorOf(voter.person) }];
        },
      }),
    extendLook: ({ restoreId, userId, byMs }) =>
      decide({
        restoreId,
        userId,
        what: 'extend the second look',
        judge: (state, voter, now) => {
          if (nextItem(state)?.kind !== 'look' || state.look === null) return noLook;
          if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
          return [
            {
              type: 'look-extended',
              person: actorOf(voter.person),
              until: Math.max(now, state.look.until) + byMs,
            },
          ];
        },
      }),
    goBack: ({ restoreId, userId, reason }) =>
      decide({
        restoreId,
        userId,
        what: 'go back',
        judge: (state, voter, now) => {
          if (reason.trim() === '') return missingReason;
          if (!mayGoBack(state)) return noLook;
          const { policy } = state.proposal;
          const open = state.gates['go-back'];
          const digest = open?.status === 'open' && now < open.expiresAt ? open.digest : goBackDigest(state);
          const events: RestoreEvent[] = [];
          if (open?.status !== 'open' || now >= open.expiresAt) {
            const barred = judgePerson({ state, gate: 'go-back', voter });
            if (barred !== null) return barred;
            const needed = signersNeeded({ gate: 'go-back', policy, backupAgeMs: 0 });
            events.push({
              type: 'gate-opened',
              gate: 'go-back',
              digest,
              needed,
              expiresAt: now + policy.signOffTtlMs,
            });
          } else {
            const refusal = judgeSigner({ state, gate: 'go-back', digest, voter, now });
            if (refusal !== null) return refusal;
          }
          return [
            ...events,
            {
              type: 'signed-off',
              gate: 'go-back',
              digest,
              person: actorOf(voter.person),
              comment: reason.trim(),
            },
          ];
        },
      }),
    lookAgain: ({ restoreId, userId }) =>
      decide({
        restoreId,
        userId,
        what: 'look again',
        judge: (state, voter) => {
          if (state.stuck === null)
            return {
              code: 'not-stuck',
              message: 'This restore is not waiting for anybody.',
              hint: 'The card shows where it stands.',
            };
          if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
          return [{ type: 'look-again-ordered', person: actorOf(voter.person) }];
        },
      }),
    whoCanSign: async ({ restoreId, gate }) => {
      const state = await read(restoreId);
      if (state === null) return { allowed: [], barred: [] };
      return await listSigners(deps, { state, gate });
    },
  };
}

/** True while going back puts the old state back without loss: at the second look, or stuck after the commit and before the release. */
export function mayGoBack(state: RestoreState): boolean {
  const released = state.look?.released ?? null;
  return (
    state.phase === 'forward' &&
    state.commitOrdered !== null &&
    released === null &&
    (nextItem(state)?.kind === 'look' || state.stuck !== null)
  );
}

/** What going back binds to: the same restore, the other way. */
function goBackDigest(state: RestoreState): string {
  const { proposal } = state;
  return digestOf({
    intent: 'go-back',
    cluster: proposal.cluster,
    frameworkId: state.facts['capture-live-tasks']?.frameworkId ?? '',
    procedure: proposal.procedure,
    backupSha256: proposal.backup.sha256,
    stagedSetDigest: state.facts['summarise-staged']?.stagedSetDigest ?? '',
    deletions: [],
    hosts: proposal.hosts,
    flagChanges: recoveryFlags,
    policy: proposal.policy,
  });
}

/** Looks the voter up in Slack now: groups and flags are never remembered between votes. */
export async function lookUpVoter(
  deps: Pick<RestoreDeps, 'people'>,
  asked: { policy: Policy; userId: string },
): Promise<Voter> {
  const person = await deps.people.findPerson(asked.userId);
  const approvers = await listApprovers(deps, asked.policy);
  return { person, isApprover: approvers.has(asked.userId) };
}

async function listApprovers(
  deps: Pick<RestoreDeps, 'people'>,
  policy: Policy,
): Promise<ReadonlySet<string>> {
  const groups = await Promise.all(policy.approverGroups.map((group) => deps.people.listGroup(group)));
  return new Set([...policy.approvers, ...groups.flat()]);
}

/** Asked at the instant of the commit: a signer who lost the right since voids the order. */
export async function findFallenSigner(
  deps: Pick<RestoreDeps, 'people'>,
  asked: { state: RestoreState; gate: GateName; signers: readonly Actor[] },
): Promise<Refusal | null> {
  for (const signer of asked.signers) {
    const voter = await lookUpVoter(deps, { policy: asked.state.proposal.policy, userId: signer.userId });
    const refusal = judgePerson({ state: asked.state, gate: asked.gate, voter });
    if (refusal !== null) {
      return {
        code: 'signer-fell',
        message: `${signer.name} signed, but may not any more: ${refusal.message}`,
        hint: 'Stop here and put everything back, or decline and stage again with other approvers.',
      };
    }
  }
  return null;
}

async function listSigners(
  deps: RestoreDeps,
  asked: { state: RestoreState; gate: GateName },
): Promise<{ allowed: Person[]; barred: { name: string; why: string }[] }> {
  const { state, gate } = asked;
  const allowed: Person[] = [];
  const barred: { name: string; why: string }[] = [];
  for (const userId of await listApprovers(deps, state.proposal.policy)) {
    const person = await deps.people.findPerson(userId);
    const refusal = judgePerson({ state, gate, voter: { person, isApprover: true } });
    const signed = state.gates[gate]?.signOffs.some((signOff) => signOff.person.id === person.id) ?? false;
    if (refusal === null && !signed) allowed.push(person);
    else
      barred.push({
        name: person.displayName,
        why: signed ? 'has signed' : (person.barred ?? 'proposed this restore'),
      });
  }
  return { allowed, barred };
}

function judgeLooker(state: RestoreState, voter: Voter): Refusal | null {
  const signed =
    state.gates.commit?.signOffs.some((signOff) => signOff.person.id === voter.person.id) ?? false;
  if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
  if (signed) return null;
  return {
    code: 'not-a-signer',
    message: 'Only one of those who signed the commit can let it reconcile.',
    hint: `That is ${state.gates.commit?.signOffs.map((signOff) => signOff.person.name).join(' or ') ?? 'nobody'}.`,
  };
}

export function actorOf(person: Person): Actor {
  return { id: person.id, userId: person.userId, name: person.displayName };
}

function isRefusal(verdict: Refusal | readonly RestoreEvent[]): verdict is Refusal {
  return !Array.isArray(verdict);
}

const missingReason: Refusal = {
  code: 'reason-missing',
  message: 'A reason is needed.',
  hint: 'One sentence is enough; it stands in the record.',
};
const notOpen: Refusal = {
  code: 'gate-not-open',
  message: 'Nothing is open to decide there now.',
  hint: 'The card at the top of the thread says what can be done.',
};
const gateOver: Refusal = {
  code: 'gate-expired',
  message: 'The time for this commit has run out.',
  hint: 'Stop here and put everything back; the backup is still held.',
};
const committedAlready: Refusal = {
  code: 'committed-already',
  message: 'The commit has been ordered already; it is sent once.',
  hint: 'The card shows what is being found out.',
};
const noLook: Refusal = {
  code: 'no-second-look',
  message: 'There is no second look open now.',
  hint: 'The card at the top of the thread says where it stands.',
};

function judgeBarred(why: string): Refusal {
  return {
    code: 'person-barred',
    message: `You cannot do this: ${why}.`,
    hint: 'Full members of this workspace can.',
  };
}

function unknownRestore(restoreId: string): Refusal {
  return {
    code: 'unknown-restore',
    message: `There is no restore called ${restoreId.slice(0, 20)}.`,
    hint: '`/aurora status` lists them.',
  };
}

function unknownCluster(name: string, deps: RestoreDeps): Refusal {
  return {
    code: 'unknown-cluster',
    message: `There is no cluster called \`${name.slice(0, 60)}\` in the configuration.`,
    hint: `Known: ${[...deps.clusters.keys()].join(', ')}.`,
  };
}

function alreadyEnded(state: RestoreState): Refusal {
  return {
    code: 'restore-ended',
    message: `${state.restoreId} has ended: ${state.ended?.outcome ?? ''}.`,
    hint: '`/aurora restore` starts another one.',
  };
}
