/** Every host answers and all agree, before anybody is asked to approve anything. Touches nothing. */
import { judgeLeadership } from '../../aurora/leadership.ts';
import { lookAtCluster } from '../looks/diagnosis.ts';
import { blankPicture, takePicture } from '../looks/picture.ts';
import { quorumOf } from '../preflight/checks/quorum-size.ts';
import { judgePreflight } from '../preflight/judge.ts';
import { type RestoreAsked, readCluster } from '../preflight/read-cluster.ts';
import { listRecoveryTools } from '../preflight/tool-checks.ts';
import { shareOutLogs } from '../rules/quorum.ts';
import { slowestTimers, timersOf } from '../rules/reconciliation-timers.ts';
import type { Step, StepContext } from '../step.ts';

export const checkHosts: Step<'check-hosts'> = {
  name: 'check-hosts',
  title: 'Check hosts',
  scope: 'all',
  does: 'every agent answers; same version, flags and quorum; room on the disks.',
  touches: false,
  note: ({ hosts, checks = [] }, { proposal }) => {
    const warnings = checks.filter(({ verdict }) => verdict === 'warn').length;
    const warned = warnings === 0 ? '' : `, ${warnings} warning${warnings === 1 ? '' : 's'}`;
    return `${hosts.length} of ${proposal.hosts.length}${warned}`;
  },
  run: async (context) => {
    const reading = await readCluster(context, askedOf(context));
    const { checks, refusal } = judgePreflight(reading);
    if (refusal !== null) throw refusal;
    const statuses = reading.hosts.map(({ status }) => status);
    const recoveryTool = listRecoveryTools(statuses);
    const view = { statuses, answer: reading.leader };
    const leadership = judgeLeadership(context.cluster, view);
    const leader = leadership.leader?.host ?? null;
    const diagnosis = await lookAtCluster(context, { reading, elected: leadership.elected?.host ?? null });
    const { picture } = await takePicture(context, blankPicture(leader));
    return {
      hosts: statuses.map((status) => ({
        host: status.host,
        service: status.scheduler.service,
        flagsSha256: status.flags.sha256,
        logFiles: status.log.files,
        logBytes: status.log.bytes,
        traffic: status.traffic,
      })),
      quorum: quorumOf(reading),
      leader,
      clockSkewMsMax: Math.max(...reading.hosts.map(({ clockAheadMs }) => Math.abs(clockAheadMs))),
      ...(recoveryTool !== undefined && { recoveryTool }),
      checks,
      diagnosis,
      picture,
      reconciliationTimers: slowestTimers(
        statuses.map(({ flags }) => timersOf(context.state().proposal.auroraVersion, flags.values)),
      ),
    };
  },
};

function askedOf(context: StepContext): RestoreAsked {
  const { procedure, backup, auroraVersion, leaveOutUnlivable: leaveOut = false } = context.state().proposal;
  const grantKey = context.deps.grants?.publicKey;
  return {
    procedure,
    ...(grantKey !== undefined && { grantKey }),
    auroraVersion,
    refilled: shareOutLogs(context.state()).refilled,
    chosen: { host: backup.host, name: backup.name, leaveOut },
    inspectBackup: () => context.agentOf(backup.host).inspectBackup(backup.name),
    findLost: (status) => context.findLost(status),
  };
}
