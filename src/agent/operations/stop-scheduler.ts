/**
 * Stop, see it gone and see that it stays away: service stopped and held, process gone, HTTP and libprocess ports closed,
 * LOCK free. SIGKILL after the grace, and the evidence says so.
 */
import { AuroraError, messageOf } from '../../aurora/errors.ts';
import { isAlive } from '../files/processes.ts';
import { lookAtScheduler } from '../scheduler-presence.ts';
import type { Operation, OperationContext } from './operation.ts';

export const stopScheduler: Operation<'stop-scheduler'> = {
  observe: async (context) => {
    const left = await whatIsLeft(context, null);
    if (left.length > 0) return { state: 'not-done' };
    return { state: 'done', evidence: { pid: null, killed: false, stoppedInMs: 0 } };
  },
  run: async (context, { graceMs }) => {
    const { service, clock, config } = context;
    const startedAt = clock.now();
    const { pid } = await service.status();
    // The command may itself wait for the end (systemctl does), so the host is watched meanwhile.
    let complaint = '';
    const asked = service.stop(context).catch((error: unknown) => {
      complaint = messageOf(error);
    });
    let left = await waitUntilGone(context, pid, graceMs);
    const killed = left.length > 0;
    if (killed) {
      await service.kill(context);
      left = await waitUntilGone(context, pid, config.bounds.killMs);
    }
    await asked;
    if (left.length > 0) throw stillThere(left, complaint);
    return { changed: true, evidence: { pid, killed, stoppedInMs: clock.now() - startedAt } };
  },
};

/** What still says that a scheduler is here, empty when it is gone. */
async function whatIsLeft(context: OperationContext, pid: number | null): Promise<readonly string[]> {
  const [presence, { held }] = await Promise.all([
    lookAtScheduler(context.config, context.service),
    context.service.status(),
  ]);
  const process = pid ?? presence.pid;
  return [
    ...(presence.service === 'running' ? ['the service runs'] : []),
    ...(process !== null && (await isAlive(process)) ? [`process ${process} lives`] : []),
    ...(presence.httpPortOpen ? ['the HTTP port is open'] : []),
    ...(presence.libprocessPortOpen ? ['the libprocess port is open'] : []),
    ...(presence.logLockHeld ? ["the log's LOCK is held"] : []),
    ...(held === false ? ['the service manager may start it again'] : []),
  ];
}

async function waitUntilGone(
  context: OperationContext,
  pid: number | null,
  boundMs: number,
): Promise<readonly string[]> {
  const { clock, config } = context;
  const endsAt = clock.now() + boundMs;
  for (;;) {
    const left = await whatIsLeft(context, pid);
    if (left.length === 0 || clock.now() >= endsAt) return left;
    await clock.sleep(Math.min(config.bounds.pollMs, Math.max(1, endsAt - clock.now())));
  }
}

function stillThere(left: readonly string[], complaint: string): AuroraError {
  return new AuroraError({
    code: 'scheduler-not-stopped',
    message: `The scheduler was told to stop and killed, and still ${left.join(', ')}.${
      complaint === '' ? '' : ` The stop command said: ${complaint}`
    }`,
    hint: 'Look at the service and its processes on the host; ask again when they are gone.',
    details: { left },
  });
}
