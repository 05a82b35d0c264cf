/** Whether the hosts can do what the procedure asks of them, before anybody is asked to approve anything. */
import type { RestoreProcedure } from '../../aurora/cluster.ts';
import type { HostStatus } from '../../aurora/hosts.ts';
import { procedures } from '../procedures/index.ts';
import { listText } from './words.ts';

/** Hosts whose agent shows the tool; `undefined` when no agent says anything about it. */
export function listRecoveryTools(statuses: readonly HostStatus[]): readonly string[] | undefined {
  const said = statuses.filter((status) => status.recoveryTool !== undefined);
  if (said.length === 0) return undefined;
  return said.filter((status) => status.recoveryTool?.present === true).map((status) => status.host);
}

/** What is missing when the log is to be filled on a host without the tool, else `null`. A host that is not among the statuses is told elsewhere. */
export function findMissingTool(
  asked: { procedure: RestoreProcedure; refilled: string },
  statuses: readonly HostStatus[],
): { readonly message: string; readonly hint: string } | null {
  const { procedure, refilled } = asked;
  if (!procedures[procedure].needsRecoveryTool || !statuses.some(({ host }) => host === refilled))
    return null;
  const present = listRecoveryTools(statuses) ?? [];
  if (present.includes(refilled)) return null;
  return {
    message: `${refilled} has the backup and no recovery tool${present.length === 0 ? '' : `; ${listText(present)} would have one`}.`,
    hint: 'Describe the tool under drivers.recoveryTool of that agent, or propose again with the staged procedure.',
  };
}
