/**
 * `mesos-log initialize`, and what it says (mesos.md 1). Exit 0 is not proof: the tool ignores a failed write. The
 * proof is the line `Persisted replica status to VOTING`, or on a later run the refusal `The log is not empty`.
 */

import type { AgentConfig } from '../config.ts';
import { fillArguments } from '../run-command.ts';
import { type Effect, runEffectOutcome } from './effect-command.ts';

export interface InitializerAnswer {
  readonly exitCode: number;
  /** Begin and end position of the replica as it was opened, such as `0 -> 0`; empty when the tool did not say. */
  readonly positions: string;
  readonly persisted: boolean;
  /** It refused because the log has a status already. */
  readonly alreadyInitialized: boolean;
  /** The end of what it said, for a person. */
  readonly said: string;
}

export interface LogInitializer {
  initialize(path: string, effect: Effect): Promise<InitializerAnswer>;
}

/** The driver that runs the tool; the environment gives libprocess a loopback address and an ephemeral port. */
export function createLogInitializer(
  config: AgentConfig['drivers']['initializeLog'],
  commandMs: number,
): LogInitializer {
  return {
    initialize: async (path, effect) => {
      const outcome = await runEffectOutcome(fillArguments(config.argv, { path }), effect, {
        timeoutMs: commandMs,
        env: { LIBPROCESS_IP: '127.0.0.1' },
      });
      return parseInitializerOutput(outcome);
    },
  };
}

/** Reads the tool's stderr; `exitCode` is -1 when a signal ended it. */
export function parseInitializerOutput(outcome: {
  exitCode: number | null;
  stderr: string;
}): InitializerAnswer {
  const positions = /Replica recovered with log positions (\d+ -> \d+)/.exec(outcome.stderr)?.[1] ?? '';
  return {
    exitCode: outcome.exitCode ?? -1,
    positions,
    persisted: outcome.stderr.includes('Persisted replica status to VOTING'),
    alreadyInitialized: /^The log is not empty$/m.test(outcome.stderr),
    said: outcome.stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '',
  };
}
