/** How this host proves backups: what it gives the scheduler that it starts for that, and when. */
import { z } from 'zod';

const mib = (standard: number) => z.number().int().min(64).max(1_048_576).default(standard);
const seconds = (standard: number) => z.number().int().min(1).max(86_400).default(standard);
const environment = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string().max(4_000));

/** `absolutePath` and the commands are those of the drivers. */
export function proveSchema(parts: {
  absolutePath: z.ZodType<string>;
  flagsCommand: z.ZodType<string[]>;
  pathCommand: z.ZodType<string[]>;
  toolCommand: z.ZodType<string[]>;
}) {
  const withFlags = (argv: readonly string[]): boolean =>
    argv.filter((argument) => argument.includes('{flags}')).join(' ') === '{flags}';
  const flagsAlone = 'must have {flags} once, as an argument of its own: it stands for several';
  return z.strictObject({
    /** Local time of every day at which the newest whole backup is proven; only on demand without it. */
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 03:30')
      .optional(),
    way: z.enum(['staged', 'recovery-tool', 'both']).default('staged'),
    /** `systemd`: the packaged unit; `unshare`: namespaces that the agent makes itself. */
    isolation: z
      .discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('systemd'),
          unit: z
            .string()
            .regex(
              /^[A-Za-z0-9:_.-]{1,100}@$/,
              'must be the name of a template such as aurora-chatops-prove@',
            )
            .default('aurora-chatops-prove@'),
          systemctl: parts.absolutePath.default('/usr/bin/systemctl'),
        }),
        z.strictObject({ kind: z.literal('unshare') }),
      ])
      .prefault({ kind: 'systemd' }),
    /** For root alone, and gone with a boot. */
    directory: parts.absolutePath.default('/run/aurora-chatops'),
    /** Whose processes they are: nobody else's, and never root. Nothing in a proof needs the scheduler's own. */
    account: z
      .string()
      .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'must be the name of an account')
      .refine((name) => name !== 'root', 'must not be root')
      .default('aurora-prove'),
    scheduler: z.strictObject({
      argv: parts.flagsCommand.refine(withFlags, flagsAlone),
      env: environment.default({}),
    }),
    /** Besides those that a proof sets. */
    flags: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,99}$/), z.string().max(4_000)).default({}),
    /** As that account, so without a change of account; `mesos-log` by itself unless said. */
    initializeLog: z.strictObject({ argv: parts.pathCommand }).optional(),
    recoveryTool: z
      .strictObject({ argv: parts.toolCommand.refine(withFlags, flagsAlone), env: environment.default({}) })
      .optional(),
    /** `-Xmx` of every JVM. */
    heapMib: mib(1_024),
    /** Of all processes together (systemd), of each one (unshare). */
    memoryMib: mib(3_072),
    /** Of everything that they write. It is memory. */
    scratchMib: mib(512),
    /** The whole proof. */
    seconds: seconds(600),
    /** From a start of a scheduler to its storage being READY. */
    startSeconds: seconds(120),
    /** How long a scheduler must live on what was committed. */
    aliveSeconds: seconds(5),
    /** A host that worked for a restore is left alone for so long. */
    quietMinutes: z.number().int().min(0).max(10_080).default(60),
  });
}

export type ProveConfig = z.output<ReturnType<typeof proveSchema>>;
