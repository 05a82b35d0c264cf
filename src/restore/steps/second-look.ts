/** The restored cluster lives and nothing was reconciled yet. Says what moved since the signatures. */
import { countMoved, keepRunning, listRunning } from '../looks/live-tasks.ts';
import { blankPicture, takePicture } from '../looks/picture.ts';
import type { Step } from '../step.ts';
import { runningWhenSigned } from './shared/summary.ts';

/** What ran at the second look: what ended before it was not ended by the reconciliation. */
export const secondLookDocument = 'running-at-second-look';

export const secondLook: Step<'second-look'> = {
  name: 'second-look',
  title: 'Second look',
  scope: 'cluster',
  does: 'what moved already, beside the prediction.',
  touches: false,
  run: async (context) => {
    const { frameworkId } = context.factsOf('capture-live-tasks');
    const running = await listRunning(context, frameworkId);
    await keepRunning(context, { document: secondLookDocument, running });
    const { picture } = await takePicture(context, blankPicture(context.factsOf('confirm-leader').host));
    const { ended, started } = await countMoved(runningWhenSigned(context), running);
    return { killedAlready: ended.size, startedAlready: started, live: running.size, picture };
  },
};
