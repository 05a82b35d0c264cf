/** What was set aside and where, and the list of undone changes, which must be empty. */
import type { HostStatus } from '../../aurora/hosts.ts';
import type { OperationEvidence } from '../../aurora/operations.ts';
import { holds } from '../looks/picture.ts';
import { findLeaderHost } from '../looks/registered.ts';
import type { Step, StepContext } from '../step.ts';
import { isTriggered } from './shared/reconciliation.ts';

/** Of one host; more say the same of other operations. */
const unsignedMax = 5;

export const report: Step<'report'> = {
  name: 'report',
  title: 'Report',
  scope: 'none',
  does: 'times, decisions, what was set aside and where.',
  touches: false,
  run: async (context) => {
    const statuses = await context.onEachHost((agent) => context.readStatus(agent));
    const undone = context.state().phase === 'undo';
    const { facts } = context.state();
    const tool = facts['run-recovery-tool'];
    const failed = (tool?.setAside ?? []).map((log) => ({ host: tool?.host ?? '', ...log }));
    const setAside = undone ? [] : [...(facts['set-aside-log']?.hosts ?? []), ...failed];
    const movedAway = undone ? listMovedAway(context) : [];
    const unsigned = listUnsigned(context.restoreId, statuses);
    return {
      setAside: setAside.map(({ host, path, bytes }) => ({ host, path, bytes })),
      ...(movedAway.length > 0 && { movedAway }),
      notAsBefore: statuses.flatMap((status) => listChanges(context, status)),
      leader: await findLeaderHost(context),
      ...(!undone &&
        isTriggered(context.state().proposal) && { restartWanted: holdingHosts(context, statuses) }),
      ...(unsigned.length > 0 && { unsigned }),
    };
  },
};

/** By what the agents said when they put the old logs back. */
function listMovedAway(context: StepContext): { readonly host: string; readonly path: string }[] {
  return [...context.state().operations.values()].flatMap(({ kind, host, result }) => {
    if (kind !== 'put-back-log' || result?.state !== 'done') return [];
    const path = (result.evidence as OperationEvidence['put-back-log']).movedNewLogTo;
    return path === null ? [] : [{ host, path }];
  });
}

/** Agents that only observe have done it all the same. */
function listUnsigned(
  restoreId: string,
  statuses: readonly HostStatus[],
): { readonly host: string; readonly says: string }[] {
  return statuses.flatMap(({ host, people }) => {
    const told =
      people?.mode === 'observe' ? people.refused.filter((each) => each.restoreId === restoreId) : [];
    return [...new Set(told.map(({ says }) => says))].slice(0, unsignedMax).map((says) => ({ host, says }));
  });
}

/** Their flag files are the original ones again; what a process was started with it keeps, until its next start. */
function holdingHosts(context: StepContext, statuses: readonly HostStatus[]): string[] {
  return statuses
    .filter((status) => status.scheduler.service === 'running' && holds(context, status) !== false)
    .map(({ host }) => host);
}

function listChanges(context: StepContext, status: HostStatus): string[] {
  const before = context.factsOf('check-hosts').hosts.find((host) => host.host === status.host);
  if (before === undefined) return [];
  return [
    ...(status.flags.sha256 === before.flagsSha256 ? [] : [`${status.host}: the flag file differs`]),
    ...(status.traffic === before.traffic
      ? []
      : [`${status.host}: outside traffic is ${status.traffic}, it was ${before.traffic}`]),
    ...(status.scheduler.service === before.service
      ? []
      : [`${status.host}: the scheduler is ${status.scheduler.service}, it was ${before.service}`]),
  ];
}
