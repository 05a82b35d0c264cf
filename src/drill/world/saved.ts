/** What a drill keeps in its directory to be taken up again: the hosts, the ports and the secrets of its local Slack. */
import fs from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AuroraError } from '../../aurora/errors.ts';
import { type HostKind, hostKinds } from '../hosts/drill-hosts.ts';
import { type SigningKind, signingKinds } from '../signing/key-ring.ts';

const savedSchema = z.object({
  kind: z.enum(hostKinds),
  /** Absent from drills of before there was any. */
  signing: z.enum(signingKinds).default('none'),
  hosts: z.array(
    z.object({
      name: z.string(),
      directory: z.string(),
      address: z.object({
        ip: z.string(),
        edgeIp: z.string(),
        httpPort: z.number(),
        libprocessPort: z.number(),
        agentPort: z.number(),
      }),
    }),
  ),
  ports: z.object({ zookeeper: z.number(), mesos: z.number(), slack: z.number(), bot: z.number() }),
  tokens: z.object({ bot: z.string(), app: z.string(), signingSecret: z.string() }),
});
export type Saved = z.infer<typeof savedSchema>;

/** Written last of all, so that a directory that was left half-made is not taken for a drill. */
export function writeSaved(directory: string, saved: Saved): void {
  fs.writeFileSync(join(directory, 'world.json'), JSON.stringify(saved, null, 2));
}

/** `null` when there is no drill in the directory; AuroraError `drill-directory` when it is not one of this version. */
export function readSaved(directory: string): Saved | null {
  const file = join(directory, 'world.json');
  if (!fs.existsSync(file)) return null;
  try {
    return savedSchema.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new AuroraError({
      code: 'drill-directory',
      message: `${file} is not a drill of this version.`,
      hint: 'Name another directory with --dir, or none for a new drill.',
      cause,
    });
  }
}

/** Throws AuroraError `drill-directory` when the drill in the directory cannot go on with hosts of this kind. */
export function refuseOtherHosts(known: Saved | null, kind: HostKind): void {
  if (known === null || (known.kind === 'processes' && kind === 'processes')) return;
  throw new AuroraError({
    code: 'drill-directory',
    message:
      known.kind === 'namespaces'
        ? 'The hosts of the drill in this directory were made of namespaces, and ended with it.'
        : 'The hosts of the drill in this directory are processes of this machine.',
    hint:
      known.kind === 'namespaces'
        ? 'Name another directory with --dir, or none for a new drill.'
        : 'Leave --hosts out to take it up, or name another directory with --dir.',
  });
}

/** Throws AuroraError `drill-directory` when people are to sign with keys in a drill that was made without any. */
export function refuseOtherSigning(known: Saved | null, signing: SigningKind): void {
  if (known === null || signing === 'none' || known.signing === signing) return;
  throw new AuroraError({
    code: 'drill-directory',
    message: 'Nobody has a key to sign with in the drill in this directory.',
    hint: 'Leave --signing out to take it up, or name another directory with --dir.',
  });
}
