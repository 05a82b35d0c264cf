/** What is in a .deb; that packages of both kinds go on and off a host is shown by test/install/system-packages.test.ts. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeDeb } from '../../release/deb.ts';
import { type SystemPackage, systemPackages } from '../../release/system-packages.ts';
import { stubBundle } from './stub-bundle.ts';

let work: string;
beforeAll(() => {
  work = fs.mkdtempSync(join(tmpdir(), 'aurora-deb-test-'));
});
afterAll(() => fs.rmSync(work, { recursive: true }));

const make = (of: SystemPackage): string => {
  const apart = fs.mkdtempSync(join(work, 'a-'));
  const bundle = stubBundle(join(apart, 'bundle'), '1.2.3');
  fs.mkdirSync(join(apart, 'work'));
  return makeDeb(of, { version: '1.2.3', bundle, work: join(apart, 'work'), to: apart });
};
const dpkgDeb = (...words: readonly string[]): string =>
  execFileSync('dpkg-deb', words, { encoding: 'utf8' });

it.each(systemPackages)(
  '$name belongs to root, lets nobody else write, and has nothing below /usr/local',
  (of) => {
    const lines = dpkgDeb('--contents', make(of)).trim().split('\n');

    expect(lines.filter((line) => !line.includes(' root/root '))).toEqual([]);
    expect(lines.filter((line) => !/^(l|.(rwx|rw-)r.[x-]r.[x-] )/.test(line))).toEqual([]);
    expect(lines.filter((line) => line.includes('/usr/local'))).toEqual([]);
  },
);

it('the agent’s has its units, with the program where the package puts it, and one file that its owner may change', () => {
  const file = make(systemPackages.find(({ name }) => name === 'aurora-chatops-agent') ?? raise());
  dpkgDeb('--raw-extract', file, join(work, 'agent'));

  const unit = fs.readFileSync(join(work, 'agent/lib/systemd/system/aurora-chatops-agent.service'), 'utf8');
  expect(unit).toMatch(/^ExecStart=\/usr\/bin\/aurora-chatops agent run /m);
  expect(unit).not.toContain('/usr/local/bin/');
  expect(dpkgDeb('--field', file, 'Depends')).toBe('aurora-chatops (= 1.2.3), passwd\n');
  expect(fs.readFileSync(join(work, 'agent/DEBIAN/conffiles'), 'utf8')).toBe(
    '/etc/systemd/system/aurora-chatops-agent.service.d/paths.conf\n',
  );
});

it('no script starts or restarts a service', () => {
  const scripts = systemPackages.flatMap(({ afterInstall, beforeRemove }) => [afterInstall, beforeRemove]);

  expect(scripts.join('\n').match(/systemctl (?!daemon-reload|cat|--quiet (is-active|disable))\S+/g)).toEqual(
    [
      'systemctl restart', // in what is said to a person
      'systemctl restart',
    ],
  );
});

function raise(): never {
  throw new Error('no such package');
}
