import type { Clock } from '../aurora/clock.ts';
import type { ZooKeeperSession } from './session.ts';
import type { SharedSession } from './shared-sessions.ts';

/** Between two calls of a listener: whoever is told looks again, and a path may flap. */
const restMs = 100;
/** While ZooKeeper cannot be asked. */
const askAgainMs = 1_000;

/**
 * Calls `listener` each time the children of `path` may be others, until `signal` aborts: a watch is set, for the first time or
 * again after it fired, before anybody is told, so that no change falls between; or ZooKeeper is lost, or back. The path need not
 * exist.
 */
export async function watchChildren(
  session: Pick<SharedSession, 'use' | 'onChange'>,
  {
    path,
    clock,
    signal,
    listener,
  }: { path: string; clock: Clock; signal: AbortSignal; listener: () => void },
): Promise<void> {
  let fired = new AbortController();
  const stop = session.onChange((changed) => {
    if (changed === null || changed === path) fired.abort();
  });
  try {
    let wasArmed = false;
    while (!signal.aborted) {
      const armed = await session
        .use((live) => arm(live, path))
        .then(
          () => true,
          () => false,
        );
      if ((armed || wasArmed) && !signal.aborted) listener();
      wasArmed = armed;
      await clock.sleep(armed ? restMs : askAgainMs, signal);
      if (armed && !fired.signal.aborted) await once(AbortSignal.any([fired.signal, signal]));
      fired = new AbortController();
    }
  } finally {
    stop();
  }
}

/** A listing leaves no watch where there is nothing yet. */
async function arm(session: ZooKeeperSession, path: string): Promise<void> {
  if ((await session.children(path, { watch: true })) !== null) return;
  if ((await session.stat(path, { watch: true })) !== null) await arm(session, path);
}

function once(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
