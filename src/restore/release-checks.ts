/** What a wrong release would break is refused before anything is touched, with both values named. */

import { explainForeign } from '../aurora/backup-writer.ts';
import type { BackupReport } from '../aurora/backups.ts';
import { AuroraError } from '../aurora/errors.ts';
import type { HostStatus } from '../aurora/hosts.ts';
import {
  explainContradiction,
  type ReleaseSign,
  signOfLeaderHealth,
  signOfRecoveryTool,
  signsOfFlags,
} from '../aurora/release-signs.ts';
import { releaseOf } from '../aurora/releases.ts';
import type { StepContext } from './step.ts';

/** Compares the configured release with what every host shows. Throws AuroraError `release-mismatch`. */
export async function refuseWrongRelease(
  context: StepContext,
  statuses: readonly HostStatus[],
): Promise<void> {
  const release = releaseOf(context.cluster.auroraVersion);
  const seen = await Promise.all(
    statuses.map(async (status) => ({ host: status.host, signs: await signsOf(context, status) })),
  );
  for (const { host, signs } of seen) {
    const contradiction = explainContradiction(signs, release);
    if (contradiction === null) continue;
    throw new AuroraError({
      code: 'release-mismatch',
      message: `${host}: ${contradiction}`,
      hint: 'Set auroraVersion to the release that runs, in the configuration of the bot and of every agent.',
      details: { host, auroraVersion: release.version },
    });
  }
}

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

/** A scheduler that is down, or deaf, contradicts nothing: its flags still may. */
async function signsOf(context: StepContext, status: HostStatus): Promise<ReleaseSign[]> {
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
