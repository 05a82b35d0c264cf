/**
 * What befalls a scheduler while it runs. Faults order it by files in one directory of the host, which the scheduler looks
 * at in the moment that they are about, and at no other.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../aurora/clock.ts';

/** Calls that can be made to stand still in their middle. */
export type HeldCall = 'stageRecovery' | 'queryRecovery' | 'commitRecovery';

export interface BefallsPaths {
  /** As long as it is there, such calls stand still. */
  readonly hold: (call: HeldCall) => string;
  /** Starts the names of files that are there while one call each stands still; a call goes on when its file is gone. */
  readonly held: (call: HeldCall) => string;
  /** The end of the election's session ends this scheduler, whatever others of its release do. */
  readonly endsWithSession: string;
}

export function befallsPaths(directory: string): BefallsPaths {
  return {
    hold: (call) => join(directory, `hold-${call}`),
    held: (call) => join(directory, `held-${call}-`),
    endsWithSession: join(directory, 'ends-with-session'),
  };
}

const lookEveryMs = 20;

/** The scheduler's side; nothing ever befalls one without a directory. */
export class Befalls {
  private readonly paths: BefallsPaths | null;
  private readonly clock: Clock;
  private readonly signal: AbortSignal;
  private calls = 0;

  /** `signal`: the scheduler ends. */
  constructor(directory: string | undefined, { clock, signal }: { clock: Clock; signal: AbortSignal }) {
    this.paths = directory === undefined ? null : befallsPaths(directory);
    this.clock = clock;
    this.signal = signal;
  }

  get endsWithSession(): boolean {
    return this.paths !== null && fs.existsSync(this.paths.endsWithSession);
  }

  /** Stands still while it is told to; for ever when the scheduler ends meanwhile, which cuts the connection. */
  async standStill(call: HeldCall): Promise<void> {
    const { paths, clock, signal } = this;
    if (paths === null || !fs.existsSync(paths.hold(call))) return;
    this.calls += 1;
    const held = `${paths.held(call)}${process.pid}-${this.calls}`;
    fs.writeFileSync(held, '');
    while (fs.existsSync(held) && !signal.aborted) await clock.sleep(lookEveryMs, signal);
    fs.rmSync(held, { force: true });
    if (signal.aborted) await new Promise(() => undefined);
  }
}
