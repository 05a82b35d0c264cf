/**
 * Step 15: read back what is staged and compare it with the file, task by task: a scheduler answers OK to files it
 * stages as empty (aurora.md 13). What is signed at the commit gate is the digest of what was read back.
 */
import { AuroraError } from '../../aurora/errors.ts';
import { keepBlastRadius } from '../blast.ts';
import { digestOf } from '../digest.ts';
import { recoveryFlags } from '../flags.ts';
import { listRunning } from '../live-tasks.ts';
import { readStaged } from '../staged.ts';
import type { Step } from '../step.ts';

export const summariseStaged: Step<'summarise-staged'> = {
  name: 'summarise-staged',
  run: async (context) => {
    const { proposal } = context.state();
    const { host } = context.factsOf('stage-backup');
    const { frameworkId } = context.factsOf('capture-live-tasks');
    const expected = context.factsOf('choose-backup');
    const { rows, digest } = await readStaged(context, host);
    if (digest !== expected.stagedSetDigest) {
      throw new AuroraError({
        code: 'staged-differs',
        message: `${host} staged ${rows.length} tasks, the file holds ${expected.report.tasks.total}, and they are not the same.`,
        hint: 'Do not commit this. Put everything back and choose another backup.',
      });
    }
    const running = await listRunning(context, frameworkId);
    const blast = await keepBlastRadius(context, {
      document: 'staged',
      blast: await context.deps.backups.computeBlastRadius({ backup: rows, running }),
    });
    const commitDigest = digestOf({
      intent: 'commit',
      cluster: proposal.cluster,
      frameworkId,
      procedure: proposal.procedure,
      backupSha256: proposal.backup.sha256,
      stagedSetDigest: digest,
      deletions: [],
      hosts: proposal.hosts,
      flagChanges: recoveryFlags,
      policy: proposal.policy,
    });
    const unchangedSincePlan = blast.sha256 === context.factsOf('preview').blast.sha256;
    return { host, tasks: rows.length, stagedSetDigest: digest, blast, unchangedSincePlan, commitDigest };
  },
};
