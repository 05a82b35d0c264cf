/**
 * The agent's points: around each line of its journal of operations, and around each thing an operation does to the
 * host. What it does is seen where it leaves the process: commands, renames and new directories, calls to the scheduler.
 */
import { watchCalls } from './calls.ts';
import { watchCommands } from './commands.ts';
import { watchFiles } from './files.ts';
import type { Pass } from './kill.ts';
import { watchStatements } from './statements.ts';

/** Watches this agent from now on. */
export function watchAgent(pass: Pass): void {
  // An agent does one operation at a time; what it took up after a crash is looked at before it is started.
  let current: string | null = null;
  watchStatements({
    before: ({ sql, values }) => {
      if (sql.startsWith('insert into operation_event')) pass(`agent:before:${lineOf(values)}`);
    },
    after: ({ sql, values }) => {
      if (!sql.startsWith('insert into operation_event')) return;
      if (values[2] === 'started') current = nameOfOperation(String(values[1]));
      if (values[2] === 'ended') current = null;
      pass(`agent:after:${lineOf(values)}`);
    },
  });
  const passEffect = (when: string, effect: string): void => pass(`agent:${when}:${current}:${effect}`);
  watchCommands((when, { command, operationId }) =>
    pass(`agent:${when}:${nameOfOperation(operationId)}:${command}`),
  );
  watchFiles((when, effect) => {
    if (current !== null) passEffect(when, effect);
    else if (effect.includes('incoming')) pass(`agent:${when}:upload:${effect}`);
  });
  watchCalls((when, method) => passEffect(when, `call-${method}`));
}

/** Instant, operation, event: the order of src/agent/operation-journal.ts. */
function lineOf(values: readonly unknown[]): string {
  return `${nameOfOperation(String(values[1]))}:${String(values[2])}`;
}

/** An operation's id is restore, phase, step, host, kind, … (src/restore/engine/context.ts). */
function nameOfOperation(operationId: string): string {
  const [, , step, , kind] = operationId.split('.');
  return `${step}:${kind}`;
}
