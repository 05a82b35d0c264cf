/** Which tasks really run, by the framework the backup names. The Mesos master knows, also with Aurora down. */
import { AuroraError } from '../../aurora/errors.ts';
import { keepRunning, listRunning } from '../looks/live-tasks.ts';
import { procedureOf } from '../record/state.ts';
import type { Step, StepContext } from '../step.ts';

function frameworkIdOf(context: StepContext): string {
  return procedureOf(context.state()).source === 'set-aside-log'
    ? context.factsOf('check-set-aside').frameworkId
    : (context.factsOf('choose-backup').report.frameworkId ?? '');
}

export const captureLiveTasks: Step<'capture-live-tasks'> = {
  name: 'capture-live-tasks',
  title: 'Count what runs now',
  scope: 'cluster',
  does: 'the Mesos master says which tasks really run.',
  touches: false,
  run: async (context) => {
    const frameworkId = frameworkIdOf(context);
    const frameworks = await context.patiently('the Mesos master', () => context.mesos.listFrameworks());
    if (!frameworks.some((framework) => framework.frameworkId === frameworkId)) {
      throw new AuroraError({
        code: 'framework-unknown',
        message: `The Mesos master does not know framework ${frameworkId}, which this backup belongs to.`,
        hint: 'Mesos would refuse to register it. Choose a backup that was written under the framework that runs now.',
      });
    }
    const running = await listRunning(context, frameworkId);
    const document = await keepRunning(context, { document: 'live-tasks', running });
    return { source: 'mesos', frameworkId, tasks: running.size, document };
  },
};
