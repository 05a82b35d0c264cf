/** Proves the newest whole backup once a day, at a time that somebody has called quiet. */
import type { Clock } from '../../aurora/clock.ts';
import { messageOf } from '../../aurora/errors.ts';
import type { BackupProof } from '../../aurora/proof.ts';

/** Clocks are set, and summer begins: the wait is looked at again and again. */
const napMsMax = 600_000;

interface Daily {
  /** `HH:MM`, local. */
  readonly at: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  prove(): Promise<readonly BackupProof[] | null>;
  log(level: 'info' | 'warn', fields: Record<string, unknown>, message: string): void;
}

/** Resolves when the signal aborts; a proof that cannot be made is logged, and the next day comes. */
export async function proveDaily({ at, clock, signal, prove, log }: Daily): Promise<void> {
  while (!signal.aborted) {
    const dueMs = nextTime(at, clock.now());
    while (!signal.aborted && clock.now() < dueMs) {
      await clock.sleep(Math.min(napMsMax, dueMs - clock.now()), signal);
    }
    if (signal.aborted) return;
    try {
      const proofs = await prove();
      if (proofs === null) log('info', {}, 'no backup to prove: the newest whole one is proven');
      for (const { verdict, says, sha256, way } of proofs ?? []) {
        log(
          verdict === 'proven' ? 'info' : 'warn',
          { verdict, says, sha256, way },
          'a backup was put to the proof',
        );
      }
    } catch (error) {
      log('warn', { why: messageOf(error) }, 'no backup was proven');
    }
  }
}

/** The next instant after `nowMs` at which clocks of this machine show that time of day. */
function nextTime(at: string, nowMs: number): number {
  const [hours = 0, minutes = 0] = at.split(':').map(Number);
  const today = new Date(nowMs);
  today.setHours(hours, minutes, 0, 0);
  if (today.getTime() > nowMs) return today.getTime();
  today.setDate(today.getDate() + 1);
  return today.getTime();
}
