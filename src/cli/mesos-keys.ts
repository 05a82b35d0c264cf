/** What the configuration says of the Mesos masters of a cluster. */
import { z } from 'zod';

const file = z.string().min(1);

export const mesosKeys = z.strictObject({
  masters: z.array(z.url()).min(1),
  /** A file with `name:password`, or with a token. */
  credentials: z.union([z.strictObject({ basic: file }), z.strictObject({ bearer: file })]).exactOptional(),
  /** PEM files: the authority of the masters' certificates, and what the bot shows to masters that ask for one. */
  tls: z.strictObject({ ca: file, cert: file.exactOptional(), key: file.exactOptional() }).exactOptional(),
});

type MesosInput = z.infer<typeof mesosKeys>;

/** Absolute paths; `null` for what is not configured. */
export interface MesosFiles {
  readonly credentials: { readonly basic: string } | { readonly bearer: string } | null;
  readonly tls: { readonly ca: string; readonly cert?: string; readonly key?: string } | null;
}

export function mesosFiles({ credentials, tls }: MesosInput, resolved: (path: string) => string): MesosFiles {
  return { credentials: resolveAll(credentials, resolved), tls: resolveAll(tls, resolved) };
}

/** Values that name files, each resolved; `null` for what is not configured. */
export function resolveAll<T extends Readonly<Record<string, string>>>(
  files: T | undefined,
  resolved: (path: string) => string,
): T | null {
  if (files === undefined) return null;
  return Object.fromEntries(Object.entries(files).map(([key, path]) => [key, resolved(path)])) as T;
}

/** Why the masters cannot be reached with these files. */
export function distrustMasters({ masters, tls }: MesosInput): string[] {
  if (tls === undefined) return [];
  return [
    ...(masters.some((master) => new URL(master).protocol === 'https:')
      ? []
      : ['tls is set, and no master has a https address']),
    ...((tls.cert === undefined) === (tls.key === undefined) ? [] : ['tls.cert and tls.key belong together']),
  ];
}
