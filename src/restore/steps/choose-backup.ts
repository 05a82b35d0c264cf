/** The chosen file decodes to its end, is the file that was chosen, and is worth restoring. */
import { AuroraError } from '../../aurora/errors.ts';
import { judgeUnlivable } from '../rules/unlivable.ts';
import type { Step } from '../step.ts';
import { refuseForeignBackup } from './shared/release-checks.ts';

export const chooseBackup: Step<'choose-backup'> = {
  name: 'choose-backup',
  title: 'Check the backup',
  scope: 'all',
  does: 'decoded to its last byte, and still the file that was chosen.',
  touches: false,
  run: async (context) => {
    const { backup } = context.state().proposal;
    const listings = await context.onEachHost((agent) =>
      context.patiently(`${agent.host}'s agent`, async () => ({
        host: agent.host,
        files: await agent.listBackups(),
      })),
    );
    const found = listings
      .find((listing) => listing.host === backup.host)
      ?.files.find((file) => file.name === backup.name && file.report.sha256 === backup.sha256);
    if (found === undefined) {
      throw new AuroraError({
        code: 'backup-gone',
        message: `${backup.name} on ${backup.host} is gone or has changed since it was chosen.`,
        hint: 'Look at `/aurora backups` again: the scheduler may have rotated it away.',
      });
    }
    const { report } = found;
    if (report.verdict === 'broken') {
      throw new AuroraError({
        code: 'backup-broken',
        message: `${backup.name} on ${backup.host} is broken: ${report.reasons.join('; ')}.`,
        hint: 'A restore never continues from a broken file. `/aurora backups` shows which ones are whole.',
      });
    }
    const { procedure, leaveOutUnlivable = false } = context.state().proposal;
    const unlivable = judgeUnlivable({ ...backup, report }, { procedure, leaveOut: leaveOutUnlivable });
    if (unlivable !== null) throw new AuroraError(unlivable);
    refuseForeignBackup(context, { ...backup, report });
    if (report.frameworkId === null || report.timestampMs === null) {
      throw new AuroraError({
        code: 'backup-without-identity',
        message: `${backup.name} names no ${report.frameworkId === null ? 'framework' : 'time'}: restoring it would register a new framework and orphan every running task.`,
        hint: 'Choose another backup.',
      });
    }
    const { digest } = await context.readTasks(backup.host, backup.name, (rows) =>
      context.deps.backups.digestStagedSet(rows),
    );
    return {
      report,
      ageMs: context.now() - report.timestampMs,
      alsoOn: listings
        .filter(
          (listing) =>
            listing.host !== backup.host &&
            listing.files.some((file) => file.report.sha256 === backup.sha256),
        )
        .map((listing) => listing.host),
      stagedSetDigest: digest,
    };
  },
};
