/** Step 4: what the restore would kill, start again and leave alone, and the digest that the stop gate signs. */
import { keepBlastRadius } from '../blast.ts';
import { digestOf } from '../digest.ts';
import { recoveryFlags } from '../flags.ts';
import { loadRunning } from '../live-tasks.ts';
import type { Step } from '../step.ts';

export const preview: Step<'preview'> = {
  name: 'preview',
  run: async (context) => {
    const { proposal } = context.state();
    const chosen = context.factsOf('choose-backup');
    const live = context.factsOf('capture-live-tasks');
    const running = await loadRunning(context, live.document);
    const blast = await context.deps.backups.computeBlastRadius({
      backup: context.agentOf(proposal.backup.host).readBackupTasks(proposal.backup.name),
      running,
    });
    return {
      blast: await keepBlastRadius(context, { document: 'preview', blast }),
      planDigest: digestOf({
        intent: 'stop',
        cluster: proposal.cluster,
        frameworkId: live.frameworkId,
        procedure: proposal.procedure,
        backupSha256: proposal.backup.sha256,
        stagedSetDigest: chosen.stagedSetDigest,
        deletions: [],
        hosts: proposal.hosts,
        flagChanges: recoveryFlags(proposal.auroraVersion),
        policy: proposal.policy,
      }),
    };
  },
};
