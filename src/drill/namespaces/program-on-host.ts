import { join, relative } from 'node:path';
import { packageRoot } from '../../agent/package-root.ts';
import { programOf } from '../world/config-files.ts';
import { onHost } from './host-places.ts';

/** How a program of the drill is run on a host, with the Node and the project that every host has. */
export function programOnHost(name: Parameters<typeof programOf>[0]): string[] {
  return [onHost.node, placeOnHost(programOf(name)[1] ?? '')];
}

/** Where a host finds a file of this project. */
export function placeOnHost(path: string): string {
  return join(onHost.project, relative(packageRoot(), path));
}
