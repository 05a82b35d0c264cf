/** A scheduler that is started and stopped by commands of the configuration. */
import { z } from 'zod';
import type { AgentConfig } from '../config.ts';
import { runEffect } from './effect-command.ts';
import { readCommand } from './read-command.ts';
import type { ServiceDriver } from './service-driver.ts';

type Commands = Extract<AgentConfig['drivers']['service'], { kind: 'command' }>;

const statusSchema = z.object({
  state: z.enum(['running', 'stopped']),
  pid: z.number().int().positive().nullable(),
  restarts: z.number().int().min(0).nullable().default(null),
});

/** That `stop` keeps the scheduler down is the command's promise. */
export function createServiceCommands(commands: Commands, commandMs: number): ServiceDriver {
  return {
    status: async () => ({ ...(await readCommand(commands.status, statusSchema, commandMs)), held: null }),
    start: (effect) => runEffect(commands.start, effect, commandMs),
    stop: (effect) => runEffect(commands.stop, effect, commandMs),
    kill: (effect) => runEffect(commands.kill, effect, commandMs),
  };
}
