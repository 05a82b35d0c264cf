/** The real agent in a process of its own, watched: `node agent.ts CONFIG`. Sends its address to its parent. */
import { pino } from 'pino';
import { startAgent } from '../../../src/agent/agent.ts';
import { loadAgentConfig } from '../../../src/agent/config.ts';
import { operationTable } from '../../../src/agent/operations/table.ts';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import { watchForParent } from './watched.ts';

const agent = await startAgent({
  config: await loadAgentConfig(process.argv[2] ?? ''),
  clock: systemClock,
  operations: operationTable,
  logger: pino({ level: 'silent' }),
});
watchForParent();
process.send?.(agent.url);
