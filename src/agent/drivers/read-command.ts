/** Runs a command that only looks, and parses the JSON it prints. */
import type { z } from 'zod';
import { AuroraError } from '../../aurora/errors.ts';
import { describeOutcome, runCommand } from '../run-command.ts';

/** Throws AuroraError `command-failed` on another exit code than 0 and `command-garbled` on other output. */
export async function readCommand<T>(
  argv: readonly string[],
  schema: z.ZodType<T>,
  timeoutMs: number,
): Promise<T> {
  const outcome = await runCommand({ argv, timeoutMs });
  if (outcome.exitCode !== 0) {
    throw new AuroraError({
      code: 'command-failed',
      message: `${describeOutcome(argv, outcome)}.`,
      hint: 'Run the same command on the host to see why.',
    });
  }
  const parsed = schema.safeParse(parseJson(outcome.stdout));
  if (parsed.success) return parsed.data;
  throw new AuroraError({
    code: 'command-garbled',
    message: `${argv[0] ?? ''} printed something other than the expected JSON.`,
    hint: 'docs/agent.md shows what a status command prints.',
    details: { printed: outcome.stdout.slice(0, 200) },
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
