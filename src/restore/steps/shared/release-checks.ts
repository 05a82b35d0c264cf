/** What a wrong release would break is refused before anything is touched, with both values named. */

import { explainForeign } from '../../../aurora/backup-writer.ts';
import type { BackupReport } from '../../../aurora/backups.ts';
import { AuroraError } from '../../../aurora/errors.ts';
import type { HostStatus } from '../../../aurora/hosts.ts';
import {
  type ReleaseSign,
  signOfLeaderHealth,
  signOfRecoveryTool,
  signsOfFlags,
} from '../../../aurora/release-signs.ts';
import { releaseOf } from '../../../aurora/releases.ts';
import type { StepContext } from '../../step.ts';

/** Throws AuroraError `backup-foreign` for a backup that this release must not restore. */
export function refuseForeignBackup(
  context: StepContext,
  backup: { host: string; name: string; report: BackupReport },
): void {
  const { writer } = backup.report;
  const why = writer === undefined ? null : explainForeign(writer, releaseOf(context.cluster.auroraVersion));
  if (why === null) return;
  throw new AuroraError({
    code: 'backup-foreign',
    message: `${backup.name} on ${backup.host} must not be restored: ${why}`,
    hint: 'A scheduler answers OK to backups of other releases and loses what it does not know. Choose one that this release wrote.',
  });
}

/**
 * All that a host and its scheduler show of the release that runs. A scheduler that is down, or deaf, shows nothing: its
 * flags still may.
 */
export async function readReleaseSigns(
  context: Pick<StepContext, 'agentOf'>,
  status: HostStatus,
): Promise<readonly ReleaseSign[]> {
  const answers = status.scheduler.httpPortOpen
    ? await context
        .agentOf(status.host)
        .scheduler.readReleaseSigns()
        .catch((error: unknown) => {
          if (error instanceof AuroraError) return [];
          throw error;
        })
    : [];
  return [
    ...signOfLeaderHealth(status.leaderHealth),
    ...signOfRecoveryTool(status.recoveryTool?.present ?? false),
    ...answers,
    ...signsOfFlags(Object.keys(status.flags.values)),
  ];
}
