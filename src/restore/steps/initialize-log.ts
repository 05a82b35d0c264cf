/** Step 10: exit 0 is not proof (mesos.md 1.4): every host must show a blank log before any scheduler starts. */
import { AuroraError } from '../../aurora/errors.ts';
import type { Step } from '../step.ts';
import { assertAllStopped } from '../stop-all.ts';

export const initializeLog: Step<'initialize-log'> = {
  name: 'initialize-log',
  run: async (context) => {
    await assertAllStopped(context);
    const logs = await context.operateOnAll('initialize-log', {});
    for (const { host, evidence } of logs) {
      if (evidence.positions !== '0 -> 0' || !evidence.persisted) {
        throw new AuroraError({
          code: 'log-not-blank',
          message: `${host}: the new log says positions ${evidence.positions}, a blank one says 0 -> 0.`,
          hint: 'Old state in one log can come back on all hosts. Put everything back.',
        });
      }
    }
    return {
      hosts: logs.map(({ host, evidence }) => ({
        host,
        positions: evidence.positions,
        files: evidence.files,
        bytes: evidence.bytes,
      })),
    };
  },
};
