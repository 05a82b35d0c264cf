/** The part of the configuration that says how this host runs its scheduler: one driver for each thing that is done to it. */
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { recoveryToolSchema } from './recovery-tool-config.ts';

export const absolutePath = z
  .string()
  .max(1_000)
  .refine((path) => isAbsolute(path) && !path.includes('\0'), 'must be an absolute path');

/** An argument vector; `{name}` is only allowed for the names given, so that a typo is found at the start. */
const commandWith = (...placeholders: string[]) =>
  z
    .array(z.string().max(4_000))
    .min(1, 'must name a program')
    .max(64)
    .refine((argv) => (argv[0] ?? '').length > 0, 'must name a program')
    .refine(
      (argv) =>
        argv.every((argument) =>
          [...argument.matchAll(/\{(\w+)\}/g)].every((found) => placeholders.includes(found[1] ?? '')),
        ),
      placeholders.length === 0
        ? 'knows no {placeholders}'
        : `knows only ${placeholders.map((name) => `{${name}}`).join(', ')}`,
    );

const service = z.strictObject({
  kind: z.literal('command'),
  start: commandWith(),
  stop: commandWith(),
  kill: commandWith(),
  status: commandWith(),
});

const traffic = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('command'),
    block: commandWith(),
    unblock: commandWith(),
    status: commandWith(),
  }),
  z.strictObject({ kind: z.literal('none') }),
]);

const flags = z.strictObject({ kind: z.literal('flag-file') });

export const driversSchema = z.strictObject({
  service,
  traffic,
  flags,
  initializeLog: z.strictObject({ kind: z.literal('command'), argv: commandWith('path') }),
  recoveryTool: recoveryToolSchema({ absolutePath, command: commandWith('backup', 'flags') }).optional(),
});
