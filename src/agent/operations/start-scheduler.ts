/** Start, and see a process. That it gets elected and ready is the bot's to find out. */
import { AuroraError } from '../../aurora/errors.ts';
import { isAlive } from '../files/processes.ts';
import { doneIf, type Operation, type OperationContext } from './operation.ts';

export const startScheduler: Operation<'start-scheduler'> = {
  observe: async (context) => doneIf<'start-scheduler'>(await findProcess(context)),
  run: async (context) => {
    const { clock, config, service } = context;
    await service.start(context);
    const endsAt = clock.now() + config.bounds.startMs;
    for (;;) {
      const evidence = await findProcess(context);
      if (evidence !== null) return { changed: true, evidence };
      if (clock.now() >= endsAt) throw notStarted(config.bounds.startMs);
      await clock.sleep(config.bounds.pollMs);
    }
  },
};

async function findProcess({ service }: OperationContext): Promise<{ pid: number } | null> {
  const { state, pid } = await service.status();
  return state === 'running' && pid !== null && (await isAlive(pid)) ? { pid } : null;
}

function notStarted(startMs: number): AuroraError {
  return new AuroraError({
    code: 'scheduler-not-started',
    message: `The start command succeeded, and no scheduler process was seen for ${startMs} ms.`,
    hint: "Read the scheduler's own log on the host: a wrong flag ends it at once.",
  });
}
