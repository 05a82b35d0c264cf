/** How restores begin: a person proposes one, of a backup or of the log that an earlier restore set aside. */

import type { Cluster, ClusterPages, Procedure } from '../../aurora/cluster.ts';
import type { AuroraError } from '../../aurora/errors.ts';
import { clusterBusy } from '../../aurora/journal.ts';
import { printable } from '../../aurora/printable.ts';
import { actorOf } from '../decisions/decision.ts';
import { judgeReturn } from '../decisions/return-to-old.ts';
import type { ClusterAccess } from '../ports.ts';
import { chooseProcedure } from '../procedures/choose.ts';
import type { BackupChoice, Proposal } from '../record/events.ts';
import type { RestoreState } from '../record/state.ts';
import type { Refusal } from '../rules/gates.ts';
import { judgeBarred, missingReason, unknownCluster, unknownRestore } from '../rules/refusals.ts';
import type { Answer, ServiceDeps } from './answer.ts';

interface Asked {
  readonly channel: string;
  readonly userId: string;
  readonly reason: string;
  readonly incident: string;
}

export interface Proposals {
  propose(
    proposal: Asked & {
      cluster: string;
      backup: BackupChoice;
      /** What the form chose; the cluster's own, or the standard one, when absent. */
      procedure?: Procedure;
      /** Knowing that the backup holds tasks no scheduler survives: they will be left out. */
      leaveOutUnlivable?: boolean;
    },
  ): Promise<Answer>;
  /** Why somebody cannot propose a restore of that cluster now, before they have written anything; `null` when they can. Nothing is written. */
  mayPropose(question: { cluster: string; userId: string }): Promise<Refusal | null>;
  /** Proposes to return to the log that an ended restore set aside: a restore of its own, with its own cost. */
  returnToOld(proposal: Asked & { of: string }): Promise<Answer>;
  /** Why somebody cannot propose that, before they fill in a form; `null` when they can. Nothing is written. */
  mayReturn(question: { of: string; userId: string }): Promise<Refusal | null>;
}

/** As configured; else any scheduler, which sends a browser on to the leader, and the first master. */
function pagesOf({ pages, hosts, mesos }: Cluster): ClusterPages {
  const [host] = hosts;
  const [master] = mesos.masters;
  return {
    ...(host !== undefined && { scheduler: `http://${host.advertised}:${host.httpPort}/scheduler` }),
    ...(master !== undefined && { mesos: master }),
    ...pages,
  };
}

/** The two ways to propose. */
export function createProposals(wiring: {
  deps: ServiceDeps;
  read: (restoreId: string) => Promise<RestoreState | null>;
  onDecision: (restoreId: string) => void;
}): Proposals {
  const { deps, read, onDecision } = wiring;

  /** Before a number is taken: what is refused uses up none. */
  const judge = async ({ cluster, userId }: Pick<Asked, 'userId'> & { cluster: string }) => {
    const access = deps.clusters.get(cluster);
    if (access === undefined) return unknownCluster(cluster, deps.clusters.keys());
    const person = await deps.people.findPerson(userId);
    if (person.barred !== null) return judgeBarred(person.barred);
    return (await judgeBusy(cluster)) ?? { access, person };
  };

  const judgeBusy = async (cluster: string): Promise<Refusal | null> => {
    const [open] = await deps.journal.listRestores({ cluster, open: true });
    return open === undefined ? null : refusalOf(clusterBusy(cluster, open.restoreId));
  };

  /** One after the other, so that of two proposals at once the second one uses up no number either. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return await turn;
  };

  const propose = async (
    asked: Asked & { cluster: string },
    choose: (
      access: Pick<ClusterAccess, 'cluster'>,
    ) => Pick<Proposal, 'backup' | 'procedure' | 'procedureReason' | 'of' | 'leaveOutUnlivable'> | Refusal,
  ): Promise<Answer> => {
    const { cluster: name, channel } = asked;
    if (printable(asked.reason) === '') return { ok: false, refusal: missingReason };
    const judged = await judge(asked);
    if ('code' in judged) return { ok: false, refusal: judged };
    const { access, person } = judged;
    const chosen = choose(access);
    if ('code' in chosen) return { ok: false, refusal: chosen };
    const { auroraVersion, hosts, policy } = access.cluster;
    const pages = pagesOf(access.cluster);
    const event: Proposal = {
      type: 'restore-proposed',
      cluster: name,
      auroraVersion,
      hosts: hosts.map((host) => host.name),
      channel,
      requester: actorOf(person),
      reason: asked.reason.trim(),
      incident: asked.incident.trim(),
      ...chosen,
      policy,
      pages,
    };
    const opened = await inTurn(async () => {
      const busy = await judgeBusy(name);
      if (busy !== null) return busy;
      const restoreId = await deps.journal.nextRestoreId();
      await deps.journal.open({ restoreId, cluster: name, at: deps.clock.now(), event });
      return { restoreId };
    });
    if ('code' in opened) return { ok: false, refusal: opened };
    const { restoreId } = opened;
    onDecision(restoreId);
    const state = await read(restoreId);
    return state === null ? { ok: false, refusal: unknownRestore(restoreId) } : { ok: true, state };
  };

  return {
    propose: async ({ backup, procedure = null, leaveOutUnlivable = false, ...asked }) =>
      await propose(asked, ({ cluster }) => {
        const { auroraVersion, procedure: configured } = cluster;
        const chosen = chooseProcedure({ auroraVersion, configured, requested: procedure });
        if ('code' in chosen) return chosen;
        return {
          backup,
          procedure: chosen.procedure,
          procedureReason: chosen.reason,
          ...(leaveOutUnlivable && { leaveOutUnlivable }),
        };
      }),
    mayPropose: async (question) => {
      const judged = await judge(question);
      return 'code' in judged ? judged : null;
    },
    mayReturn: async ({ of, userId }) => {
      const earlier = await read(of);
      if (earlier === null) return unknownRestore(of);
      const judged = judgeReturn(earlier) ?? (await judge({ cluster: earlier.proposal.cluster, userId }));
      return 'code' in judged ? judged : null;
    },
    returnToOld: async ({ of, ...asked }) => {
      const earlier = await read(of);
      if (earlier === null) return { ok: false, refusal: unknownRestore(of) };
      const refusal = judgeReturn(earlier);
      if (refusal !== null) return { ok: false, refusal };
      const { cluster, backup } = earlier.proposal;
      const procedureReason = `back to what was before ${of}`;
      return await propose({ ...asked, cluster }, () => ({
        backup,
        procedure: 'set-aside-log',
        procedureReason,
        of,
      }));
    },
  };
}

function refusalOf({ code, message, hint }: AuroraError): Refusal {
  return { code, message, hint };
}
