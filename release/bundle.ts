/** `npm run bundle [-- --to DIR]`: dist-bundle/aurora-chatops-VERSION-linux-x64.tar.xz, and its size. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeBundleTree } from './bundle-tree.ts';
import { checkout, readLockFile } from './locked-packages.ts';
import { moment } from './moment.ts';
import { run } from './run.ts';

const { values } = parseArgs({ options: { to: { type: 'string', default: join(checkout, 'dist-bundle') } } });
const to = resolve(values.to);
const name = `aurora-chatops-${readLockFile().version}-linux-x64`;
const work = mkdtempSync(join(tmpdir(), 'aurora-bundle-'));
try {
  const tree = join(work, name);
  makeBundleTree(tree);
  const plain = [
    '--format=gnu',
    '--sort=name',
    `--mtime=@${moment}`,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
  ];
  const modes = '--mode=u=rwX,go=rX';
  run('tar', [...plain, modes, '-cf', `${name}.tar`, name], work);
  // By two threads or more xz cuts into blocks of one size, however many threads there are.
  run('xz', ['-6', '--threads=2', `${name}.tar`], work);
  mkdirSync(to, { recursive: true });
  run('cp', [`${name}.tar.xz`, join(to, `.${name}.part`)], work);
  renameSync(join(to, `.${name}.part`), join(to, `${name}.tar.xz`));
  const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
  const unpacked = Number(run('du', ['-sb', tree], work).split('\t')[0]);
  const packed = statSync(join(to, `${name}.tar.xz`)).size;
  process.stdout.write(
    `${join(to, `${name}.tar.xz`)}: ${megabytes(packed)}, ${megabytes(unpacked)} unpacked\n`,
  );
} finally {
  rmSync(work, { recursive: true });
}
