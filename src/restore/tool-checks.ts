/** Whether the hosts can do what the procedure asks of them, before anybody is asked to approve anything. */
import { AuroraError } from '../aurora/errors.ts';
import type { HostStatus } from '../aurora/hosts.ts';
import { shareOutLogs } from './quorum.ts';
import type { StepContext } from './step.ts';

/** Hosts whose agent shows the tool; `undefined` when no agent says anything about it. */
export function listRecoveryTools(statuses: readonly HostStatus[]): readonly string[] | undefined {
  const said = statuses.filter((status) => status.recoveryTool !== undefined);
  if (said.length === 0) return undefined;
  return said.filter((status) => status.recoveryTool?.present === true).map((status) => status.host);
}

/** Throws AuroraError `tool-missing` when the log is to be filled on a host without the tool. */
export function refuseMissingTool(
  context: Pick<StepContext, 'state'>,
  statuses: readonly HostStatus[],
): void {
  const state = context.state();
  if (state.proposal.procedure !== 'recovery-tool') return;
  const { refilled } = shareOutLogs(state);
  const present = listRecoveryTools(statuses) ?? [];
  if (present.includes(refilled)) return;
  throw new AuroraError({
    code: 'tool-missing',
    message: `${refilled} has the backup and no recovery tool${present.length === 0 ? '' : `; ${present.join(' and ')} would have one`}.`,
    hint: 'Describe the tool under drivers.recoveryTool of that agent, or propose again with the staged procedure.',
    details: { host: refilled },
  });
}
