/** Step 1: every host answers and all agree, before anybody is asked to approve anything. Touches nothing. */
import { AuroraError } from '../../aurora/errors.ts';
import type { HostStatus } from '../../aurora/hosts.ts';
import { saysItLeads } from '../registered.ts';
import { refuseWrongRelease } from '../release-checks.ts';
import type { Step, StepContext } from '../step.ts';
import { listRecoveryTools, refuseMissingTool } from '../tool-checks.ts';

const mustAgree = [
  'cluster_name',
  'native_log_quorum_size',
  'native_log_zk_group_path',
  'serverset_path',
  'zk_endpoints',
];

export const checkHosts: Step<'check-hosts'> = {
  name: 'check-hosts',
  run: async (context) => {
    const statuses = await context.onEachHost((agent) => context.readStatus(agent));
    const quorum = Math.floor(statuses.length / 2) + 1;
    for (const status of statuses) refuseUnfit(context, { status, quorum });
    refuseDisagreement(statuses);
    await refuseWrongRelease(context, statuses);
    refuseMissingTool(context, statuses);
    const recoveryTool = listRecoveryTools(statuses);
    const now = context.now();
    return {
      hosts: statuses.map((status) => ({
        host: status.host,
        service: status.scheduler.service,
        flagsSha256: status.flags.sha256,
        logFiles: status.log.files,
        logBytes: status.log.bytes,
        traffic: status.traffic,
      })),
      quorum,
      leader: statuses.find((status) => saysItLeads(status, context.cluster.auroraVersion))?.host ?? null,
      clockSkewMsMax: Math.max(...statuses.map((status) => Math.abs(status.clockMs - now))),
      ...(recoveryTool !== undefined && { recoveryTool }),
    };
  },
};

function refuseUnfit(context: StepContext, seen: { status: HostStatus; quorum: number }): void {
  const { status, quorum } = seen;
  const { auroraVersion } = context.cluster;
  const refuse = (message: string, hint: string): never => {
    throw new AuroraError({
      code: 'host-unfit',
      message: `${status.host}: ${message}`,
      hint,
      details: { host: status.host },
    });
  };
  if (status.auroraVersion !== auroraVersion) {
    refuse(
      `its agent is configured for Aurora ${status.auroraVersion}, the bot for ${auroraVersion}.`,
      'Set the release that really runs in both configurations.',
    );
  }
  if (!status.mesosLog.present)
    refuse('`mesos-log` is not there.', "Install it, or set paths.mesosLog in the agent's configuration.");
  if (!status.backupDir.writable)
    refuse(`${status.backupDir.path} is not writable for the agent.`, 'Mend its owner and mode.');
  if (status.disk.freeBytes < 2 * status.log.bytes + minimumFreeBytes) {
    refuse(
      'there is not enough room beside the log that will be set aside.',
      'Free some disk space; nothing is deleted by a restore.',
    );
  }
  if (status.traffic === 'blocked')
    refuse(
      'its outside traffic is blocked already.',
      'Find out who did that: another restore may be going on.',
    );
  const size = status.flags.values['native_log_quorum_size'] ?? '1';
  if (Number(size) !== quorum) {
    refuse(
      `its -native_log_quorum_size is ${size}, and ${context.cluster.hosts.length} hosts need ${quorum}.`,
      'A wrong quorum corrupts the log: list all hosts of the cluster in the configuration, or mend the flag first.',
    );
  }
}

const minimumFreeBytes = 16 * 1024 * 1024;

function refuseDisagreement(statuses: readonly HostStatus[]): void {
  for (const flag of mustAgree) {
    const values = new Set(statuses.map((status) => status.flags.values[flag] ?? ''));
    if (values.size > 1) {
      throw new AuroraError({
        code: 'hosts-disagree',
        message: `The hosts do not agree on -${flag}: ${statuses.map((status) => `${status.host} has ${status.flags.values[flag] ?? 'none'}`).join(', ')}.`,
        hint: 'Make the flag files say the same before a restore.',
      });
    }
  }
}
