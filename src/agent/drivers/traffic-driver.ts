/** Keeps outside traffic away from the scheduler's `-http_port`; the agent's own path stays open. */
import { z } from 'zod';
import type { AgentConfig } from '../config.ts';
import { type Effect, runEffect } from './effect-command.ts';
import { readCommand } from './read-command.ts';

export interface TrafficDriver {
  status(): Promise<'open' | 'blocked' | 'not-managed'>;
  block(effect: Effect): Promise<void>;
  unblock(effect: Effect): Promise<void>;
}

const statusSchema = z.object({ state: z.enum(['blocked', 'open']) });

/** The driver of the configuration; `none` says `not-managed` and does nothing. */
export function createTrafficDriver(
  config: AgentConfig['drivers']['traffic'],
  commandMs: number,
): TrafficDriver {
  if (config.kind === 'none') {
    return {
      status: () => Promise.resolve('not-managed'),
      block: () => Promise.resolve(),
      unblock: () => Promise.resolve(),
    };
  }
  return {
    status: async () => (await readCommand(config.status, statusSchema, commandMs)).state,
    block: (effect) => runEffect(config.block, effect, commandMs),
    unblock: (effect) => runEffect(config.unblock, effect, commandMs),
  };
}
