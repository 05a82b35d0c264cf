/**
 * The bundle as `npm run bundle` makes it, in a root that has no C library, only busybox and the bundle: `npm run test:install`.
 * Needs root, and Debian's busybox-static.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkout } from '../../release/locked-packages.ts';
import { createTestHost, type TestHost } from '../agent/support/test-host.ts';
import { installDebianPackages } from '../support/debian.ts';
import { cleanEnvironment } from './clean-environment.ts';

const minutes = 60_000;
const name = 'aurora-chatops-0.1.0-linux-x64';
const command = '/usr/local/bin/aurora-chatops';

describe.runIf(process.env['INSTALL_PAIRS'] === 'all')('the bundle', { timeout: 20 * minutes }, () => {
  let work: string;
  let root: string;
  let host: TestHost;

  /** Answers what it said. */
  const bundleTo = (directory: string): string =>
    execFileSync('npm', ['run', '--silent', 'bundle', '--', '--to', directory], {
      cwd: checkout,
      encoding: 'utf8',
      env: cleanEnvironment(),
    });

  beforeAll(async () => {
    installDebianPackages(() => undefined, [{ name: 'busybox-static', file: '/bin/busybox' }]);
    work = fs.mkdtempSync(join(tmpdir(), 'aurora-bundle-test-'));
    expect(bundleTo(work)).toMatch(
      new RegExp(`^${join(work, name)}\\.tar\\.xz: \\d+ MB, \\d+ MB unpacked\\n$`),
    );
    root = join(work, 'root');
    for (const directory of ['bin', 'opt', 'proc', 'dev', 'tmp', 'usr/local/bin']) {
      fs.mkdirSync(join(root, directory), { recursive: true });
    }
    fs.cpSync('/bin/busybox', join(root, 'bin', 'busybox'));
    for (const applet of ['sh', 'readlink', 'uname']) fs.symlinkSync('busybox', join(root, 'bin', applet));
    execFileSync('mknod', ['-m', '666', join(root, 'dev', 'null'), 'c', '1', '3']);
    execFileSync('tar', ['-xJf', join(work, `${name}.tar.xz`), '-C', join(root, 'opt')]);
    fs.symlinkSync(`../../../opt/${name}/bin/aurora-chatops`, join(root, command));
    host = await createTestHost();
    fs.cpSync(host.dir, join(root, host.dir), { recursive: true });
  }, 20 * minutes);
  afterAll(async () => {
    await host.dispose();
    fs.rmSync(work, { recursive: true });
  });

  const inside = (...words: readonly string[]) =>
    spawnSync('chroot', [root, command, ...words], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin:/usr/sbin' },
    });

  it('says its version', () => {
    expect(inside('--version')).toMatchObject({ status: 0, stdout: '0.1.0\n', stderr: '' });
  });

  it('looks at its host', () => {
    const findings = inside('agent', 'check', '--json', '--config', host.configPath);

    expect(findings.stderr).toBe('');
    expect(
      findings.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toContainEqual(expect.objectContaining({ level: 'problem' }));
    expect(findings.status).toBe(1);
  });

  it('runs an agent that answers, and starts its own children with its own Node', async () => {
    const child = spawn('chroot', [root, command, 'agent', 'run', '--config', host.configPath], {
      env: { PATH: '/usr/bin:/bin:/usr/sbin' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    let health: unknown;
    for await (const line of createInterface({ input: child.stdout })) {
      const { msg, url } = JSON.parse(line) as { msg: string; url?: string };
      if (msg !== 'agent listens') continue;
      health = await (await fetch(`${url}/healthz`)).json();
      child.kill('SIGTERM');
    }

    expect(health).toMatchObject({ ok: true });
    expect(await ended).toEqual([0, null]);
    const ask =
      "process.stdout.write(require('child_process').execFileSync(process.execPath, ['-p', '[process.execPath, process.execArgv]']))";
    const node = spawnSync('chroot', [root, `/opt/${name}/bin/node`, '-e', ask], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin:/usr/sbin' },
    });
    expect(node.stdout).toContain(`'/opt/${name}/bin/node', [ '-p'`);
  });

  it('is the same bytes when it is made again', () => {
    bundleTo(join(work, 'again'));

    const [first, second] = [work, join(work, 'again')].map((directory) =>
      fs.readFileSync(join(directory, `${name}.tar.xz`)),
    );
    expect(first?.equals(second ?? Buffer.alloc(0))).toBe(true);
  });
});
