import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

interface LockedPackage {
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly engines?: { readonly node?: string };
}

// npm leaves an optional package out, without a word, where the Node that runs npm is not one of its engines. Ours are the native
// halves of tools that run on the Node we bring, so the lock file names no engines for them that Node 18 is not: where this fails
// after an update, take "engines" out of the entries it names.
it('the lock file keeps no native package from Node 18', () => {
  const file = join(import.meta.dirname, '..', '..', 'package-lock.json');
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, LockedPackage> };

  const kept = Object.entries(packages).filter(
    ([, { optional, os, engines }]) => optional && os?.includes('linux') && !takesNode18(engines?.node),
  );

  expect(kept.map(([name]) => name)).toEqual([]);
});

function takesNode18(engines: string | undefined): boolean {
  if (engines === undefined) return true;
  const least = /^>=? ?(\d+)(\.\d+)*$/.exec(engines)?.[1];
  return least !== undefined && Number(least) <= 18;
}
