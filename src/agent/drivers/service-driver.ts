/** The scheduler as a service of its host. */
import { z } from 'zod';
import type { AgentConfig } from '../config.ts';
import { type Effect, runEffect } from './effect-command.ts';
import { readCommand } from './read-command.ts';

export interface ServiceState {
  readonly state: 'running' | 'stopped';
  /** `null` when the service manager names none. */
  readonly pid: number | null;
}

/** Each effect may be asked twice. None of them is believed: whoever asks looks at the host afterwards. */
export interface ServiceDriver {
  status(): Promise<ServiceState>;
  start(effect: Effect): Promise<void>;
  /** Asks the scheduler to end and keeps its manager from starting it again. */
  stop(effect: Effect): Promise<void>;
  /** SIGKILL, when it does not end. */
  kill(effect: Effect): Promise<void>;
}

const statusSchema = z.object({
  state: z.enum(['running', 'stopped']),
  pid: z.number().int().positive().nullable(),
});

/** The driver that runs the commands of the configuration. */
export function createServiceDriver(
  commands: AgentConfig['drivers']['service'],
  commandMs: number,
): ServiceDriver {
  return {
    status: () => readCommand(commands.status, statusSchema, commandMs),
    start: (effect) => runEffect(commands.start, effect, commandMs),
    stop: (effect) => runEffect(commands.stop, effect, commandMs),
    kill: (effect) => runEffect(commands.kill, effect, commandMs),
  };
}
