/**
 * Kills this very process at a named point: once in a scope, and not more often than the world can bear. What was killed
 * is kept in files, because nothing else outlives a SIGKILL.
 */
import fs from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';

/** What a world's programs are told; written by whoever starts the world. */
export interface KillOrders {
  /** Points that have killed anywhere, a file each: `forward` for a procedure, `undo` for one way out of it. */
  readonly scopes: { readonly forward: string; readonly undo: string };
  /** The same for this world alone. */
  readonly world: string;
  /** Nobody dies before this file is there: what has to come before a scene is no part of it. */
  readonly begun: string;
  /** So often the programs of this world are killed at most. */
  readonly limit: number;
  /** Only points whose name has one of these in it; all of them when empty. */
  readonly only: readonly string[];
  /** Where programs keep what they have compiled: most of a restart is loading. */
  readonly compiled: string;
}

/** Names of what is only met while something is put back. */
const undoing = /undo|abort|go-back/;

/** Says that the program has come to a point; it may be its end. */
export type Pass = (point: string) => void;

/** The killer of this process, by its orders. */
export function createKiller(orders: KillOrders): Pass {
  const { scopes, world, begun, limit, only } = orders;
  return (point) => {
    if (only.length > 0 && !only.some((part) => point.includes(part))) return;
    if (!fs.existsSync(begun)) return;
    if (fs.readdirSync(world).length >= limit) return;
    const scope = undoing.test(point) ? scopes.undo : scopes.forward;
    const name = encodeURIComponent(point);
    if (!claim(join(scope, name))) return;
    fs.writeFileSync(join(world, name), '');
    flushCompileCache();
    process.kill(process.pid, 'SIGKILL');
  };
}

/** True for the one process, of all that come to the point, that shall die of it. */
function claim(file: string): boolean {
  try {
    fs.writeFileSync(file, '', { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
