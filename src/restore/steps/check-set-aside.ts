/** The earlier restore set a log aside on every host, and it is still there, as it was left. */
import { AuroraError } from '../../aurora/errors.ts';
import { keepRunning, readRunning } from '../looks/live-tasks.ts';
import { foldJournal } from '../record/fold.ts';
import type { RestoreState } from '../record/state.ts';
import type { Step, StepContext } from '../step.ts';

export const checkSetAside: Step<'check-set-aside'> = {
  name: 'check-set-aside',
  title: 'Look for the old logs',
  scope: 'all',
  does: 'what the earlier restore set aside is on every host, as it was left.',
  touches: false,
  run: async (context) => {
    const earlier = await readEarlier(context);
    const left = earlier.facts['set-aside-log']?.hosts ?? [];
    const statuses = await context.onEachHost((agent) => context.readStatus(agent));
    const hosts = statuses.map(({ host, setAsideLogs }) => {
      const was = left.find((log) => log.host === host);
      const is = setAsideLogs?.find((log) => log.restoreId === earlier.restoreId);
      if (was === undefined || is === undefined || is.files !== was.files || is.bytes !== was.bytes) {
        throw notAsLeft(host, { was, is, restoreId: earlier.restoreId });
      }
      return { host, files: is.files, bytes: is.bytes };
    });
    const stoppedAt = earlier.runs['stop-schedulers']?.startedAt ?? earlier.proposedAt;
    return {
      of: earlier.restoreId,
      ageMs: context.now() - stoppedAt,
      frameworkId: earlier.facts['capture-live-tasks']?.frameworkId ?? '',
      hosts,
      document: await keepWhatRan(context, earlier),
    };
  },
};

async function readEarlier(context: StepContext): Promise<RestoreState> {
  const restoreId = context.state().proposal.of ?? '';
  const records = await context.deps.journal.read(restoreId);
  if (records.length > 0) return foldJournal(records);
  throw new AuroraError({
    code: 'unknown-restore',
    message: `The journal no longer knows ${restoreId}.`,
    hint: 'Only it can tell whether the old logs are as they were left.',
  });
}

/** What ran when the schedulers were stopped is kept with this restore too: its record stands alone. */
async function keepWhatRan(context: StepContext, earlier: RestoreState): Promise<string> {
  const document = earlier.facts['capture-live-tasks']?.document ?? '';
  const running = readRunning(context, document, earlier.restoreId);
  return await keepRunning(context, { document: 'ran-before', running });
}

function notAsLeft(
  host: string,
  seen: { was: { bytes: number } | undefined; is: { bytes: number } | undefined; restoreId: string },
): AuroraError {
  const { was, is, restoreId } = seen;
  const found = is === undefined ? 'is not there' : `has ${is.bytes} bytes`;
  return new AuroraError({
    code: 'old-log-not-as-left',
    message: `${host}: the log that ${restoreId} set aside ${found}${was === undefined ? ', and it set none aside there' : `, it was left with ${was.bytes}`}.`,
    hint: 'Old logs come back on all hosts or on none: a mixture of old and new is worse than either. Look at the directories beside the log on that host.',
  });
}
