/**
 * What people do to a restore: propose, sign, decline, commit, abort, go back, let it reconcile. Every answer is a
 * value: `ok`, or a refusal with a reason and a next step for the person who asked. Refusals are in the record.
 * Nothing here acts on a host; it writes decisions down and the worker does the rest.
 */

import { errorCodes, hasCode } from '../aurora/error-codes.ts';
import type { Person } from '../aurora/people.ts';
import { jobKeyText } from '../aurora/tasks.ts';
import type { Answer, ServiceDeps } from './answer.ts';
import type { Actor, GateName, RestoreEvent } from './events.ts';
import { assertFollows, foldJournal } from './fold.ts';
import { livingSignOffs, type Refusal, type Voter } from './gates.ts';
import { judgeAbandon } from './judge-abandon.ts';
import { judgeEdit } from './judge-edit.ts';
import { judgePause, judgeResume } from './judge-pause.ts';
import {
  type Asked,
  actorOf,
  isRefusal,
  type Judgement,
  judgeAbort,
  judgeCommit,
  judgeDecline,
  judgeExtendLook,
  judgeGoBack,
  judgeLookAgain,
  judgeRelease,
  judgeSignOff,
} from './judgements.ts';
import { createProposals, type Proposals } from './proposals.ts';
import { alreadyEnded, unknownRestore } from './refusals.ts';
import { findFallenSigner, listSigners, lookUpVoter } from './signers.ts';
import { loadStagedTasks, type StagedTask } from './staged-tasks.ts';
import type { RestoreState } from './state.ts';
import { appendsMax } from './thread.ts';

export interface RestoreService extends Proposals {
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
  /** Leaves whole jobs (`role/environment/name`) and single tasks out of what is staged; voids the sign-offs. */
  edit(order: {
    restoreId: string;
    digest: string;
    userId: string;
    jobs: readonly string[];
    taskIds: readonly string[];
    reason: string;
  }): Promise<Answer>;
  /** What is staged now, for choosing what to leave out; empty while nothing is. */
  listStaged(restoreId: string): Promise<readonly StagedTask[]>;
  /** Nothing new is begun until an approver resumes it. */
  pause(order: { restoreId: string; userId: string; reason: string }): Promise<Answer>;
  resume(order: { restoreId: string; userId: string }): Promise<Answer>;
  /** Ends a stuck restore without putting anything back, so that its cluster is free; the cluster's name is typed. */
  abandon(order: {
    restoreId: string;
    userId: string;
    reason: string;
    typedCluster: string;
  }): Promise<Answer>;
  whoCanSign(question: {
    restoreId: string;
    gate: GateName;
  }): Promise<{ allowed: readonly Person[]; barred: readonly { name: string; why: string }[] }>;
  /** What this person's sign-off would be answered with now; `null` when it would count. Writes nothing. */
  maySign(question: { restoreId: string; gate: GateName; userId: string }): Promise<Refusal | null>;
  read(restoreId: string): Promise<RestoreState | null>;
  /** Newest first. */
  list(filter: { open?: boolean; cluster?: string }): Promise<readonly RestoreState[]>;
}

/** Builds the service over the ports; `onDecision` wakes the worker. */
export function createRestoreService(
  deps: ServiceDeps,
  onDecision: (restoreId: string) => void,
): RestoreService {
  const read = async (restoreId: string): Promise<RestoreState | null> => {
    const records = await deps.journal.read(restoreId);
    return records.length === 0 ? null : foldJournal(records);
  };

  /** Decides on the newest state and appends; reads and decides again when somebody was faster. */
  const decide = async (
    request: { restoreId: string; userId: string; what: string },
    judge: (asked: Asked) => Promise<Judgement> | Judgement,
  ): Promise<Answer> => {
    for (let attempt = 1; ; attempt += 1) {
      const state = await read(request.restoreId);
      if (state === null) return { ok: false, refusal: unknownRestore(request.restoreId) };
      const voter = await lookUpVoter(deps, { policy: state.proposal.policy, userId: request.userId });
      const now = deps.clock.now();
      const verdict =
        state.ended === null
          ? await judge({ state, voter, now })
          : alreadyEnded(state.restoreId, state.ended.outcome);
      const events = isRefusal(verdict) ? [refusedEvent(voter, { ...request, refusal: verdict })] : verdict;
      assertFollows(state, { events, at: now });
      try {
        await deps.journal.append({
          restoreId: state.restoreId,
          expectedSeq: state.seq,
          at: now,
          events,
          ends: events.at(-1)?.type === 'restore-ended',
        });
      } catch (error) {
        if (!hasCode(error, errorCodes.journalMoved) || attempt === appendsMax) throw error;
        continue;
      }
      if (isRefusal(verdict)) return { ok: false, refusal: verdict };
      onDecision(request.restoreId);
      const newest = await read(request.restoreId);
      return newest === null
        ? { ok: false, refusal: unknownRestore(request.restoreId) }
        : { ok: true, state: newest };
    }
  };

  /** The order itself, and then whether everybody it stands on is still allowed to have signed. */
  const judgeCommitNow = async (
    asked: Asked,
    order: { digest: string; typedCluster: string },
  ): Promise<Judgement> => {
    const verdict = judgeCommit(asked, order);
    if (isRefusal(verdict)) return verdict;
    const { state, now } = asked;
    return (
      (await findFallenSigner(deps, { state, gate: 'commit', signers: signersOf(state, now) })) ?? verdict
    );
  };

  return {
    read,
    list: async (filter) => {
      const restores = await deps.journal.listRestores(filter);
      const states = await Promise.all(restores.map((restore) => read(restore.restoreId)));
      return states.filter((state) => state !== null).sort((a, b) => b.proposedAt - a.proposedAt);
    },
    ...createProposals({ deps, read, onDecision }),
    signOff: ({ restoreId, userId, ...vote }) =>
      decide({ restoreId, userId, what: `sign off ${vote.gate}` }, (asked) => judgeSignOff(asked, vote)),
    decline: ({ restoreId, userId, ...vote }) =>
      decide({ restoreId, userId, what: `decline ${vote.gate}` }, (asked) => judgeDecline(asked, vote)),
    commit: ({ restoreId, userId, ...order }) =>
      decide({ restoreId, userId, what: 'commit' }, (asked) => judgeCommitNow(asked, order)),
    abort: ({ restoreId, userId, reason }) =>
      decide({ restoreId, userId, what: 'abort' }, (asked) => judgeAbort(asked, { reason })),
    release: ({ restoreId, userId }) => decide({ restoreId, userId, what: 'let it reconcile' }, judgeRelease),
    extendLook: ({ restoreId, userId, byMs }) =>
      decide({ restoreId, userId, what: 'extend the second look' }, (asked) =>
        judgeExtendLook(asked, { byMs }),
      ),
    goBack: ({ restoreId, userId, reason }) =>
      decide({ restoreId, userId, what: 'go back' }, (asked) => judgeGoBack(asked, { reason })),
    edit: ({ restoreId, userId, digest, jobs, taskIds, reason }) =>
      decide({ restoreId, userId, what: 'leave tasks out' }, async (asked) => {
        const staged = await loadStagedTasks(deps.documents, asked.state);
        const chosen = new Set(jobs);
        const ofJobs = staged.filter((task) => chosen.has(jobKeyText(task.jobKey)));
        return judgeEdit(asked, {
          digest,
          taskIds: [...ofJobs.map((task) => task.taskId), ...taskIds],
          staged: new Set(staged.map((task) => task.taskId)),
          reason,
        });
      }),
    listStaged: async (restoreId) => {
      const state = await read(restoreId);
      return state === null ? [] : await loadStagedTasks(deps.documents, state);
    },
    pause: ({ restoreId, userId, reason }) =>
      decide({ restoreId, userId, what: 'pause' }, (asked) => judgePause(asked, { reason })),
    abandon: ({ restoreId, userId, ...order }) =>
      decide({ restoreId, userId, what: 'leave it as it is' }, (asked) => judgeAbandon(asked, order)),
    resume: ({ restoreId, userId }) => decide({ restoreId, userId, what: 'resume' }, judgeResume),
    lookAgain: ({ restoreId, userId }) => decide({ restoreId, userId, what: 'look again' }, judgeLookAgain),
    whoCanSign: async ({ restoreId, gate }) => {
      const state = await read(restoreId);
      if (state === null) return { allowed: [], barred: [] };
      return await listSigners(deps, { state, gate });
    },
    maySign: async ({ restoreId, gate, userId }) => {
      const state = await read(restoreId);
      if (state === null) return unknownRestore(restoreId);
      const voter = await lookUpVoter(deps, { policy: state.proposal.policy, userId });
      const digest = state.gates[gate]?.digest ?? '';
      const verdict = judgeSignOff({ state, voter, now: deps.clock.now() }, { gate, digest, comment: '' });
      return isRefusal(verdict) ? verdict : null;
    },
  };
}

function signersOf(state: RestoreState, now: number): readonly Actor[] {
  const gate = state.gates.commit;
  if (gate === undefined) return [];
  return livingSignOffs(gate, { policy: state.proposal.policy, now }).map((signOff) => signOff.person);
}

function refusedEvent(voter: Voter, refused: { what: string; refusal: Refusal }): RestoreEvent {
  const { code, message } = refused.refusal;
  return { type: 'refused', person: actorOf(voter.person), what: refused.what, code, message };
}
