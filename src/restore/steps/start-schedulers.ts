/** Step 12, and the last but one of an undo. */
import type { Step, StepContext } from '../step.ts';

export const startSchedulers: Step<'start-schedulers'> = { name: 'start-schedulers', run: startAll };

export const undoStartSchedulers: Step<'undo-start-schedulers'> = {
  name: 'undo-start-schedulers',
  run: startAll,
};

async function startAll(context: StepContext): Promise<{ hosts: readonly string[] }> {
  const started = await context.operateOnAll('start-scheduler', {});
  return { hosts: started.map((done) => done.host) };
}
