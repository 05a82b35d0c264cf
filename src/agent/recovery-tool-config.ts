/** How this host runs Aurora's `recovery-tool`. */
import { z } from 'zod';

/** `absolutePath` and `command` are those of the other drivers. */
export function recoveryToolSchema(parts: { absolutePath: z.ZodType<string>; command: z.ZodType<string[]> }) {
  return z.strictObject({
    kind: z.literal('command'),
    /** The tool itself, looked for before anybody relies on it; `argv` may begin with a change of account. */
    program: parts.absolutePath,
    argv: parts.command
      .refine((argv) => argv.some((argument) => argument.includes('{backup}')), 'must hand over {backup}')
      .refine(
        (argv) => argv.filter((argument) => argument.includes('{flags}')).join(' ') === '{flags}',
        'must have {flags} once, as an argument of its own: it stands for several',
      ),
    /** The scheduler's own environment: `JAVA_OPTS`, `MESOS_NATIVE_JAVA_LIBRARY`, `LIBPROCESS_IP`. */
    env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string().max(4_000)).default({}),
  });
}
