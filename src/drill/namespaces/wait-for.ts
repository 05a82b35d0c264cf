import { setTimeout as sleep } from 'node:timers/promises';
import { AuroraError } from '../../aurora/errors.ts';

const limitMs = 60_000;
const lookEveryMs = 20;

/** Looks until it is so; what the look throws is thrown. AuroraError `namespaces-unavailable` after a minute. */
export async function waitFor(what: string, look: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = AbortSignal.timeout(limitMs);
  while (!(await look())) {
    if (deadline.aborted) {
      throw new AuroraError({
        code: 'namespaces-unavailable',
        message: `Gave up waiting for ${what} after ${limitMs / 1000} s.`,
        hint: 'Is this machine very busy? Hosts made of namespaces need root, cgroup2, overlayfs, bridges and veth of the kernel.',
      });
    }
    await sleep(lookEveryMs);
  }
}
