import { appendEffect } from './effect.ts';
import { hostPaths } from './host-dir.ts';
import { signalScheduler, startScheduler, wantStopped } from './scheduler-service.ts';
import { setTraffic } from './traffic.ts';

interface HostctlOptions {
  readonly directory: string;
  /** How to start a scheduler; the world file and the flags are appended. */
  readonly program: readonly string[];
  readonly operationId: string | null;
  readonly now: () => number;
}

/**
 * SIGTERM is given this long before the command returns; whoever asked looks at the host and may ask for a
 * kill.
 */
const stopWaitMs = 1_500;
const killWaitMs = 2_000;

export const hostctlUsage = 'usage: hostctl --host-dir DIR start|stop|kill|block|unblock';

/**
 * One command of the pretend service manager and firewall. Every one may be asked twice. What it did is
 * written to the host's effects file. Returns the exit code: 0, or 2 for a command it does not know.
 */
export async function runHostctl(command: string, options: HostctlOptions): Promise<number> {
  const { directory } = options;
  const paths = hostPaths(directory);
  const witness = (effect: string, changed: boolean) =>
    appendEffect(paths.effects, { effect, changed, operationId: options.operationId, at: options.now() });
  switch (command) {
    case 'start':
      witness('start', startScheduler(directory, options.program));
      return 0;
    case 'stop': {
      // A scheduler that ends by itself at that moment is stopped all the same: nobody starts it again.
      const ran = wantStopped(directory);
      const signalled = await signalScheduler(directory, { signal: 'SIGTERM', waitMs: stopWaitMs });
      witness('stop', ran || signalled);
      return 0;
    }
    case 'kill':
      wantStopped(directory);
      witness('kill', await signalScheduler(directory, { signal: 'SIGKILL', waitMs: killWaitMs }));
      return 0;
    case 'block':
      witness('block', setTraffic(paths.traffic, 'blocked'));
      return 0;
    case 'unblock':
      witness('unblock', setTraffic(paths.traffic, 'open'));
      return 0;
    default:
      return 2;
  }
}
