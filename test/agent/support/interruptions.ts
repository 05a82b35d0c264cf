/** kill -9 of the agent of a host inside an operation, at a command that waits there, and a new agent after it. */
import { existsSync, rmSync } from 'node:fs';
import { expect } from 'vitest';
import type { OperationRequest, OperationResult } from '../../../src/aurora/operations.ts';
import { writeOn } from '../../../src/drill/namespaces/namespace-host.ts';
import type { AgentOnHost, SchedulerHost } from './scheduler-host.ts';
import { until } from './test-host.ts';

/** A script that passes everything on to `program`, and waits before or after a verb while somebody says so. */
export const patient = (program: string, verb: string): string => `#!/bin/bash
verb=${verb}
hold() {
  [[ -e /run/hold-$1-$verb ]] || return
  : >/run/reached
  while [[ -e /run/hold-$1-$verb ]]; do sleep 0.02; done
}
hold before
${program} "$@"
code=$?
hold after
exit $code
`;

export interface Interruptions {
  /** The agent that is there, unless it shall be one that holds. */
  start(hold?: Parameters<SchedulerHost['startAgent']>[0]): Promise<void>;
  /** Sends it and kills the agent at the place where it waits. */
  interrupt(request: OperationRequest, reached: () => Promise<unknown>): Promise<void>;
  /** Resolves when the agent has come to the place where it holds. */
  held(): Promise<unknown>;
  /**
   * Sends it, kills the agent while its command waits at the point (`before-stop`, `after-stop`, …), starts a new one and
   * lets the command go on. Answers what the new agent says meanwhile, and in the end.
   */
  interruptAt(
    point: string,
    request: OperationRequest,
  ): Promise<{ meanwhile: OperationResult | null; result: OperationResult | null }>;
  settled(request: OperationRequest): Promise<OperationResult | null>;
}

export function interruptionsOf(host: SchedulerHost): Interruptions {
  let agent: AgentOnHost | null = null;
  const killAgent = async (): Promise<void> => {
    await agent?.kill();
    agent = null;
  };
  const start: Interruptions['start'] = async (hold) => {
    if (hold !== undefined) await killAgent();
    agent ??= await host.startAgent(hold);
  };
  const interrupt: Interruptions['interrupt'] = async (request, reached) => {
    const lost = host.client.perform(request).catch((error: unknown) => error);
    await reached();
    await killAgent();
    expect(await lost).toMatchObject({ code: 'agent-unreachable' });
  };
  const settled: Interruptions['settled'] = async ({ operationId }) => {
    let result = await host.client.readOperation(operationId);
    await until(async () => {
      result = await host.client.readOperation(operationId);
      return result !== null && result.state !== 'running';
    }, 'the operation is settled');
    return result;
  };
  return {
    start,
    interrupt,
    settled,
    held: async () => agent?.held(),
    interruptAt: async (point, request) => {
      rmSync(host.machine.file('/run/reached'), { force: true });
      writeOn(host.machine, `/run/hold-${point}`, '');
      await interrupt(request, () =>
        until(() => existsSync(host.machine.file('/run/reached')), 'the command waits'),
      );
      await start();
      const meanwhile = await host.client.readOperation(request.operationId);
      rmSync(host.machine.file(`/run/hold-${point}`));
      return { meanwhile, result: await settled(request) };
    },
  };
}
