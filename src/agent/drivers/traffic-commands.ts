/** Traffic that is blocked by commands of the configuration, or not at all. */
import { z } from 'zod';
import type { AgentConfig } from '../config.ts';
import { runEffect } from './effect-command.ts';
import { readCommand } from './read-command.ts';
import type { TrafficDriver } from './traffic-driver.ts';

type Commands = Extract<AgentConfig['drivers']['traffic'], { kind: 'command' }>;

const statusSchema = z.object({ state: z.enum(['blocked', 'open']) });

/** That a block outlives a reboot is the command's business. */
export function createTrafficCommands(commands: Commands, commandMs: number): TrafficDriver {
  return {
    status: async () => ({ ...(await readCommand(commands.status, statusSchema, commandMs)), settled: true }),
    block: (effect) => runEffect(commands.block, effect, commandMs),
    unblock: (effect) => runEffect(commands.unblock, effect, commandMs),
    blockAgain: () => Promise.resolve(),
    takeBlockedAgain: () => Promise.resolve(false),
  };
}

/** Says `not-managed` and does nothing; the plan of a restore shows it. */
export const unmanagedTraffic: TrafficDriver = {
  status: () => Promise.resolve({ state: 'not-managed', settled: true }),
  block: () => Promise.resolve(),
  unblock: () => Promise.resolve(),
  blockAgain: () => Promise.resolve(),
  takeBlockedAgain: () => Promise.resolve(false),
};
