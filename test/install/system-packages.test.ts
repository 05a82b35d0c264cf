/**
 * The .deb and .rpm packages on a host with a real systemd: installed, upgraded while the agent runs, removed. What the program in
 * them does is for test/install/bundle.test.ts; here it is a script that stays. Root only, `npm run test:install`.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDeb } from '../../release/deb.ts';
import { makeRpm } from '../../release/rpm.ts';
import { systemPackages } from '../../release/system-packages.ts';
import { createNamespaceHost, type NamespaceHost } from '../../src/drill/namespaces/namespace-host.ts';
import { stubBundle } from '../release/stub-bundle.ts';
import { installDebianPackages } from '../support/debian.ts';

const kinds = [
  { kind: 'deb', make: makeDeb, install: ['dpkg', '--install'], remove: ['dpkg', '--remove'] },
  // Debian's rpm knows of none of the machine's packages.
  {
    kind: 'rpm',
    make: makeRpm,
    install: ['rpm', '--upgrade', '--nodeps'],
    remove: ['rpm', '--erase', '--nodeps'],
  },
] as const;
const unit = 'aurora-chatops-agent.service';
const changed = '/etc/systemd/system/aurora-chatops-agent.service.d/paths.conf';
const blocked = '/var/lib/aurora-chatops/traffic-blocked';

const asked = process.env['INSTALL_PAIRS'] === 'all';

describe.runIf(asked).each(kinds)(
  'packages of kind $kind',
  { timeout: 120_000 },
  ({ make, install, remove }) => {
    let work: string;
    let host: NamespaceHost;
    const names = systemPackages.map(({ name }) => name);

    const makeAll = (version: string): void => {
      for (const of of systemPackages) {
        const apart = fs.mkdtempSync(join(work, 'a-'));
        fs.mkdirSync(join(work, version), { recursive: true });
        fs.mkdirSync(join(apart, 'work'));
        const bundle = stubBundle(join(apart, 'bundle'), version);
        make(of, { version, bundle, work: join(apart, 'work'), to: join(work, version) });
      }
    };
    const filesOf = (version: string): string[] =>
      fs.readdirSync(join(work, version)).map((name) => `/srv/packages/${version}/${name}`);

    beforeAll(async () => {
      installDebianPackages(() => undefined, [{ name: 'rpm', file: '/usr/bin/rpmbuild' }]);
      work = fs.mkdtempSync(join(tmpdir(), 'aurora-packages-test-'));
      makeAll('1.0.0');
      makeAll('1.1.0');
      host = await createNamespaceHost({ directories: { '/srv/packages': work } });
    }, 120_000);
    afterAll(async () => {
      await host.dispose();
      fs.rmSync(work, { recursive: true });
    });

    it('install, with accounts, and start nothing', async () => {
      const installed = await host.run(...install, ...filesOf('1.0.0'));

      expect(installed, installed.stderr).toMatchObject({ code: 0 });
      expect(await host.ask('aurora-chatops', '--version')).toBe('1.0.0\n');
      expect(await host.ask('id', '-un', 'aurora-chatops-bot')).toBe('aurora-chatops-bot\n');
      expect(await host.ask('id', '-un', 'aurora-prove')).toBe('aurora-prove\n');
      expect((await host.run('systemctl', 'is-active', unit)).stdout).toBe('inactive\n');
    });

    it('upgrade under a running agent without touching it, say so, and keep what was changed', async () => {
      await host.ask('sh', '-c', `echo '# ours' >> ${changed}`);
      await host.ask('systemctl', 'enable', '--now', unit);
      const before = host.pidsOf(unit);

      const upgraded = await host.run(...install, ...filesOf('1.1.0'));

      expect(upgraded, upgraded.stderr).toMatchObject({ code: 0 });
      expect(upgraded.stdout).toContain(
        `${unit} still runs the version of before. As soon as no restore is in flight (/aurora status): systemctl restart ${unit}\n`,
      );
      expect(before).not.toEqual([]);
      expect(host.pidsOf(unit)).toEqual(before);
      expect(await host.ask('aurora-chatops', '--version')).toBe('1.1.0\n');
      expect(await host.ask('cat', changed)).toContain('# ours');
      expect((await host.run('ls', '/usr/lib/aurora-chatops/lib/a name with [brackets]')).stdout).toBe(
        'file of 1.1.0\n',
      );
    });

    it('stay where a restore has blocked the host’s traffic', async () => {
      await host.ask('mkdir', '-p', '/var/lib/aurora-chatops');
      await host.ask('touch', blocked);

      const refused = await host.run(...remove, 'aurora-chatops-agent');

      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toContain("A restore keeps this host's scheduler port blocked");
      expect(host.pidsOf(unit)).not.toEqual([]);
      await host.ask('rm', blocked);
    });

    it('are removed with the service, and leave state and accounts', async () => {
      const removed = await host.run(...remove, ...[...names].reverse());

      expect(removed, removed.stderr).toMatchObject({ code: 0 });
      expect(host.pidsOf(unit)).toEqual([]);
      expect((await host.run('ls', '/usr/bin/aurora-chatops', '/usr/lib/aurora-chatops')).stdout).toBe('');
      expect((await host.run('ls', '-d', '/var/lib/aurora-chatops')).code).toBe(0);
      expect((await host.run('id', 'aurora-chatops-bot')).code).toBe(0);
    });
  },
);
