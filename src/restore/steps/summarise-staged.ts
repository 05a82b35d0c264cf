/**
 * Step 15: read back what is staged and compare it with the file, task by task: a scheduler answers OK to files it
 * stages as empty (aurora.md 13). What is signed at the commit gate is the digest of what was read back.
 */
import { AuroraError } from '../../aurora/errors.ts';
import { readStaged } from '../staged.ts';
import type { Step } from '../step.ts';
import { summarise } from '../summary.ts';

export const summariseStaged: Step<'summarise-staged'> = {
  name: 'summarise-staged',
  run: async (context) => {
    const { host } = context.factsOf('stage-backup');
    const expected = context.factsOf('choose-backup');
    const { rows, digest } = await readStaged(context, host);
    if (digest !== expected.stagedSetDigest) {
      throw new AuroraError({
        code: 'staged-differs',
        message: `${host} staged ${rows.length} tasks, the file holds ${expected.report.tasks.total}, and they are not the same.`,
        hint: 'Do not commit this. Put everything back and choose another backup.',
      });
    }
    return await summarise(context, { host, tasks: rows.length, stagedSetDigest: digest, rows });
  },
};
