/** An operation run by hand on a test host, without server, journal or grant. */
import { buildTools } from '../../../src/agent/agent.ts';
import type { OperationContext } from '../../../src/agent/operations/operation.ts';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import type { TestHost } from './test-host.ts';

/** `restoreId` is R1 unless given. */
export function contextOn(host: TestHost, restoreId = 'R1'): OperationContext {
  return {
    ...buildTools(host.config, systemClock, null),
    operationId: 'R1.by.hand.1',
    restoreId,
    interrupted: false,
  };
}
