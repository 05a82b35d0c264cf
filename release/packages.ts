/** `npm run packages [-- --to DIR]`: program, agent and bot as .deb and .rpm in dist-packages, and their sizes. */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeBundleTree } from './bundle-tree.ts';
import { makeDeb } from './deb.ts';
import { checkout, readLockFile } from './locked-packages.ts';
import { moment } from './moment.ts';
import { makeRpm } from './rpm.ts';
import { systemPackages } from './system-packages.ts';

const { values } = parseArgs({
  options: { to: { type: 'string', default: join(checkout, 'dist-packages') } },
});
const to = resolve(values.to);
const { version } = readLockFile();
process.env['SOURCE_DATE_EPOCH'] = moment; // dpkg-deb and rpmbuild ask for it
mkdirSync(to, { recursive: true });
const work = mkdtempSync(join(tmpdir(), 'aurora-packages-'));
try {
  const bundle = join(work, 'bundle');
  makeBundleTree(bundle);
  for (const of of systemPackages) {
    for (const [kind, make] of [
      ['deb', makeDeb],
      ['rpm', makeRpm],
    ] as const) {
      const apart = join(work, `${of.name}.${kind}`);
      mkdirSync(apart);
      const file = make(of, { version, bundle, work: apart, to });
      rmSync(apart, { recursive: true });
      process.stdout.write(`${file}: ${Math.ceil(statSync(file).size / 1000)} kB\n`);
    }
  }
} finally {
  rmSync(work, { recursive: true });
}
