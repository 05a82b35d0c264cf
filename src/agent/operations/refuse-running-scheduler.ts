/** The replicated log is only moved when nobody uses it: a directory renamed under a scheduler goes on being written. */
import { AuroraError } from '../../aurora/errors.ts';
import { findLockHolders } from '../files/lock-holders.ts';
import type { OperationContext } from './operation.ts';

/** Throws AuroraError `scheduler-runs` or `log-in-use`. */
export async function refuseRunningScheduler({ service, config }: OperationContext): Promise<void> {
  const { state } = await service.status();
  if (state === 'running') {
    throw new AuroraError({
      code: 'scheduler-runs',
      message: 'The scheduler of this host runs, so its log was not touched.',
      hint: 'Stop the scheduler first.',
    });
  }
  const holders = await findLockHolders(config.paths.log);
  if (holders.length === 0) return;
  throw new AuroraError({
    code: 'log-in-use',
    message: `Process ${holders.join(', ')} holds the LOCK of ${config.paths.log}, so it was not touched.`,
    hint: 'End that process first; a scheduler that has committed a restore lives on and must be stopped.',
    details: { holders },
  });
}
