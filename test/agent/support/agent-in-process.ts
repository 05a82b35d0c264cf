/** The real agent inside the test's process, on a free port, and a client for it. */
import { pino } from 'pino';
import { type RunningAgent, startAgent } from '../../../src/agent/agent.ts';
import { connectAgent } from '../../../src/agent/client.ts';
import type { AgentObserver } from '../../../src/agent/observer.ts';
import type { OperationTable } from '../../../src/agent/operations/operation.ts';
import { operationTable } from '../../../src/agent/operations/table.ts';
import type { Clock } from '../../../src/aurora/clock.ts';
import type { HostAgent } from '../../../src/aurora/hosts.ts';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import type { TestHost } from './test-host.ts';

export interface AgentInProcess extends RunningAgent {
  readonly client: HostAgent;
}

export async function startAgentHere(
  host: TestHost,
  options: {
    operations?: OperationTable;
    bounds?: Partial<TestHost['config']['bounds']>;
    deadlineMs?: number;
    /** Of the host; that of the client goes right. */
    clock?: Clock;
    observer?: AgentObserver;
  } = {},
): Promise<AgentInProcess> {
  const agent = await startAgent({
    config: { ...host.config, bounds: { ...host.config.bounds, ...options.bounds } },
    clock: options.clock ?? systemClock,
    operations: options.operations ?? operationTable,
    logger: pino({ level: 'silent' }),
    ...(options.observer !== undefined && { observer: options.observer }),
  });
  const deadlineMs = options.deadlineMs ?? 20_000;
  return {
    ...agent,
    client: connectAgent({ host: 'aurora-1', url: agent.url, deadlineMs, clock: systemClock }),
  };
}
