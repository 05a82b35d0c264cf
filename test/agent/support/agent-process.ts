/**
 * The real agent as a process of its own, as the program builds it, except that a test may have an operation wait just
 * before or just after its effect: `node agent-process.ts <config> [<kind> before|after <marker file>]`.
 */
import { writeFileSync } from 'node:fs';
import { pino } from 'pino';
import { startAgent } from '../../../src/agent/agent.ts';
import { loadAgentConfig } from '../../../src/agent/config.ts';
import type { Operation, OperationTable } from '../../../src/agent/operations/operation.ts';
import { operationTable } from '../../../src/agent/operations/table.ts';
import type { OperationKind } from '../../../src/aurora/operations.ts';
import { systemClock } from '../../../src/aurora/system-clock.ts';

const [configPath = '', kind, when, marker = ''] = process.argv.slice(2);

const config = await loadAgentConfig(configPath);
const agent = await startAgent({
  config,
  clock: systemClock,
  operations: kind === undefined ? operationTable : withHold(operationTable, kind as OperationKind),
  logger: pino({ level: 'silent' }),
});
process.stdout.write(`${agent.url}\npid ${process.pid}\n`);

function withHold<K extends OperationKind>(table: OperationTable, held: K): OperationTable {
  return { ...table, [held]: holding(table[held]) };
}

function holding<K extends OperationKind>(operation: Operation<K>): Operation<K> {
  return {
    observe: (context, params) => operation.observe(context, params),
    run: async (context, params) => {
      if (when === 'before') await hang();
      const outcome = await operation.run(context, params);
      if (when === 'after') await hang();
      return outcome;
    },
  };
}

function hang(): Promise<never> {
  writeFileSync(marker, '');
  return new Promise(() => undefined);
}
