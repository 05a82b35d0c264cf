/** The old logs come back on all hosts or on none; the new ones are kept beside them. */
import { AuroraError } from '../../aurora/errors.ts';
import type { Step, StepContext } from '../step.ts';
import { assertAllStopped } from './shared/stop-all.ts';

export const undoPutBackLog: Step<'undo-put-back-log'> = {
  name: 'undo-put-back-log',
  title: 'Put the logs back',
  scope: 'all',
  does: 'the logs from before the restore are back where they were; newer ones are set aside.',
  touches: true,
  undo: { none: 'this is the way back itself' },
  run: async (context) => {
    await assertAllStopped(context);
    const hosts = await context.onEachHost((agent) => putBack(context, agent.host));
    return { hosts: hosts.flat() };
  },
};

async function putBack(context: StepContext, host: string) {
  if (!wasSetAside(context, host)) return [];
  const { evidence } = await context.operate(host, 'put-back-log', {});
  const before = context.factsOf('check-hosts').hosts.find((checked) => checked.host === host);
  if (before !== undefined && before.logFiles > 0 && evidence.files < before.logFiles - 2) {
    throw new AuroraError({
      code: 'log-not-as-before',
      message: `${host}: the log that was put back has ${evidence.files} files, before the restore it had ${before.logFiles}.`,
      hint: 'Do not start any scheduler. Look at the set-aside directories on that host.',
    });
  }
  return [{ host, path: evidence.path, files: evidence.files, bytes: evidence.bytes }];
}

/** Also true for an operation whose end is not known: the agent says what it finds. */
function wasSetAside(context: StepContext, host: string): boolean {
  return [...context.state().operations.values()].some(
    (operation) =>
      operation.kind === 'set-aside-log' && operation.host === host && operation.result?.state !== 'failed',
  );
}
