/**
 * A look is one instant: between a question and its answer a scheduler may end and start again, and what the new process
 * says is then taken for the old one's. An answer counts only when the same process stood before and after it.
 */
import type { HostStatus } from '../../aurora/hosts.ts';
import type { StepContext } from '../step.ts';

/** Names the scheduler process of a host, `null` when none runs. An agent that does not name it tells its pid. */
export function instanceOf({ scheduler }: HostStatus): string | null {
  if (scheduler.service === 'stopped') return null;
  return scheduler.instance ?? (scheduler.pid === null ? null : `pid ${scheduler.pid}`);
}

/** What was asked of the process that `before` shows; `null` when another one, or none, runs by the time of the answer. */
export async function askOneProcess<T>(
  context: Pick<StepContext, 'agentOf' | 'readStatus'>,
  before: HostStatus,
  ask: () => Promise<T>,
): Promise<{ readonly answer: T } | null> {
  const answer = await ask();
  const after = await context.readStatus(context.agentOf(before.host));
  return instanceOf(after) === instanceOf(before) ? { answer } : null;
}
