import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The checkout: where package.json and the lock file are. */
export const checkout = join(import.meta.dirname, '..');

/** An entry of npm's lock file (version 3), as far as we read it. */
interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly link?: boolean;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

interface LockFile {
  readonly name: string;
  readonly version: string;
  readonly lockfileVersion: number;
  readonly requires: boolean;
  /** By the path where npm puts it; '' is the checkout itself. */
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** package-lock.json of the checkout. */
export function readLockFile(): LockFile {
  return JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8')) as LockFile;
}

/** What runs with the package and nothing that only builds or tests it, by the path where npm puts it. */
export function runtimePackages({ packages }: LockFile): [path: string, locked: LockedPackage][] {
  return Object.entries(packages).filter(
    ([path, { dev, devOptional, link }]) => path !== '' && !dev && !devOptional && !link,
  );
}

/**
 * npm-shrinkwrap.json as the package carries it: npm gives whoever installs the package the very versions, with their hashes, that
 * its tests ran with, not the newest that its dependencies allow.
 */
export function heldVersions(lock: LockFile): LockFile {
  const { devDependencies: _ofTheCheckout, ...root } = lock.packages[''] ?? {};
  return { ...lock, packages: { '': root, ...Object.fromEntries(runtimePackages(lock)) } };
}
