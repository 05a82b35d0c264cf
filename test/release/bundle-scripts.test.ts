/** How a bundle starts, with a program in place of its Node; the real one is unpacked and run by test/install/bundle.test.ts. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkout } from '../../release/locked-packages.ts';

let root: string;
let bundle: string;

beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'aurora-bundle-test-')));
  bundle = join(root, 'a bundle $HOME');
  fs.mkdirSync(join(bundle, 'bin'), { recursive: true });
  fs.mkdirSync(join(bundle, 'lib'));
  const scripts = join(checkout, 'release', 'bundle');
  fs.cpSync(join(scripts, 'aurora-chatops.sh'), join(bundle, 'bin', 'aurora-chatops'));
  fs.writeFileSync(join(bundle, 'bin', 'node'), '#!/bin/sh\nprintf "%s\\n" "$@"\n');
  for (const name of ['aurora-chatops', 'node']) fs.chmodSync(join(bundle, 'bin', name), 0o755);
});
afterEach(() => fs.rmSync(root, { recursive: true }));

const start = (command: string, cwd: string, env: NodeJS.ProcessEnv = {}) =>
  spawnSync(command, ['agent', 'a  b', ''], {
    cwd,
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', ...env },
  });

const startedWith = () => `${bundle}/lib/aurora-chatops/bin/aurora-chatops.cjs\nagent\na  b\n\n`;

it.each([
  ['by its path', () => join(bundle, 'bin', 'aurora-chatops'), () => '/'],
  ['from its own directory', () => './aurora-chatops', () => join(bundle, 'bin')],
  ['found on the PATH', () => 'aurora-chatops', () => '/'],
])('starts %s, with the arguments as they are', (_how, command, cwd) => {
  const ran = start(command(), cwd(), { PATH: `${join(bundle, 'bin')}:/usr/bin:/bin`, CDPATH: '/tmp:/usr' });

  expect(ran).toMatchObject({ status: 0, stdout: startedWith(), stderr: '' });
});

it('starts through symbolic links to links, relative and absolute, and through a directory that is one', () => {
  fs.symlinkSync(bundle, join(root, 'current'));
  fs.mkdirSync(join(root, 'usr', 'bin'), { recursive: true });
  fs.symlinkSync('../../current/bin/aurora-chatops', join(root, 'usr', 'bin', 'inner'));
  fs.symlinkSync(join(root, 'usr', 'bin', 'inner'), join(root, 'outer'));

  expect(start('./outer', root)).toMatchObject({ status: 0, stdout: startedWith(), stderr: '' });
});

it('refuses another machine in two sentences', () => {
  fs.mkdirSync(join(root, 'other'));
  fs.writeFileSync(
    join(root, 'other', 'uname'),
    '#!/bin/sh\ncase $1 in -s) echo Linux ;; *) echo aarch64 ;; esac\n',
    { mode: 0o755 },
  );

  const ran = start(join(bundle, 'bin', 'aurora-chatops'), '/', {
    PATH: `${join(root, 'other')}:/usr/bin:/bin`,
  });

  expect(ran).toMatchObject({
    status: 1,
    stdout: '',
    stderr:
      'This bundle is for Linux on x86_64, and this machine is Linux on aarch64.\n' +
      'Install the npm package instead, with Node 24 for this machine.\n',
  });
});
