/** Where the agent works, as the host has it: links followed, and whether things can be moved aside there. */
import { constants } from 'node:fs';
import { access, lstat, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { HostPaths, MovedPath } from '../aurora/hosts.ts';
import type { AgentConfig } from './config.ts';

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
  const parent = dirname(path);
  const [real, itself, around, writable] = await Promise.all([
    follow(path),
    lstat(path).catch(() => null),
    stat(parent).catch(() => null),
    // A file system that is read-only to the agent (its unit's ReadWritePaths) answers no here, also to root.
    access(parent, constants.W_OK | constants.X_OK).then(
      () => true,
      () => false,
    ),
  ]);
  const movesAlone = itself === null || (!itself.isSymbolicLink() && itself.dev === around?.dev);
  return { path, real, movable: writable && movesAlone };
}

async function follow(path: string): Promise<string | null> {
  return await realpath(path).catch(() => null);
}
