import { AuroraError } from '../../aurora/errors.ts';

const startLimitMs = 60_000;

/** Looks until it is so, or nobody wants to know; an exception counts as "not yet". AuroraError `drill-does-not-start` after a minute. */
export async function until(what: string, signal: AbortSignal, look: () => Promise<boolean>): Promise<void> {
  const deadline = AbortSignal.timeout(startLimitMs);
  while (!signal.aborted) {
    if (await look().catch(() => false)) return;
    if (deadline.aborted) {
      throw new AuroraError({
        code: 'drill-does-not-start',
        message: `Gave up waiting for ${what} after a minute.`,
        hint: "The logs in the drill's directory say more; is the machine very busy?",
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
