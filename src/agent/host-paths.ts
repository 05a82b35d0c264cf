/** Where the agent works, as the host has it: links followed, and whether things can be moved aside there. */
import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { HostPaths, MovedPath } from '../aurora/hosts.ts';
import type { AgentConfig } from './config.ts';
import { whyUnmovable } from './files/movable.ts';

/** Looks and changes nothing; what cannot be looked at counts as absent. */
export async function lookAtPaths(paths: AgentConfig['paths']): Promise<HostPaths> {
  const changed = [dirname(paths.log), paths.backups, dirname(paths.flags), paths.state];
  const [roots, log, flags, backups] = await Promise.all([
    Promise.all(changed.map(async (path) => (await follow(path)) ?? path)),
    lookAt(paths.log),
    lookAt(paths.flags),
    follow(paths.backups),
  ]);
  return { roots: [...new Set(roots)], log, flags, backups: { path: paths.backups, real: backups } };
}

async function lookAt(path: string): Promise<MovedPath> {
  const [real, obstacle] = await Promise.all([follow(path), whyUnmovable(path)]);
  return { path, real, movable: obstacle === null, ...(obstacle !== null && { obstacle }) };
}

async function follow(path: string): Promise<string | null> {
  return await realpath(path).catch(() => null);
}
