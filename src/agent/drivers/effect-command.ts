/** Runs a command that changes the host; its environment names the operation, so that effects can be counted. */
import { AuroraError } from '../../aurora/errors.ts';
import { type CommandOutcome, describeOutcome, operationVariable, runCommand } from '../run-command.ts';

/** On whose behalf a driver acts. */
export interface Effect {
  readonly operationId: string;
}

/** Runs it to its end, whatever that is. */
export function runEffectOutcome(
  argv: readonly string[],
  effect: Effect,
  options: {
    timeoutMs: number;
    env?: Readonly<Record<string, string>>;
    input?: string;
    keep?: 'start' | 'end';
  },
): Promise<CommandOutcome> {
  const env = { ...options.env, [operationVariable]: effect.operationId };
  return runCommand({ ...options, argv, env });
}

/** Throws AuroraError `command-failed` on any exit code but 0. */
export async function runEffect(argv: readonly string[], effect: Effect, timeoutMs: number): Promise<void> {
  const outcome = await runEffectOutcome(argv, effect, { timeoutMs });
  if (outcome.exitCode === 0) return;
  throw new AuroraError({
    code: 'command-failed',
    message: `${describeOutcome(argv, outcome)}.`,
    hint: 'Run the same command on the host to see why; then ask again.',
  });
}
