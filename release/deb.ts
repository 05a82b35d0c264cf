import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.ts';
import type { Making, SystemPackage } from './system-packages.ts';

/** Makes `NAME_VERSION_amd64.deb` in `to` with Debian's dpkg-deb, and answers its path. */
export function makeDeb(of: SystemPackage, { version, bundle, work, to }: Making): string {
  const root = join(work, 'root');
  const control = join(root, 'DEBIAN');
  mkdirSync(control, { recursive: true });
  of.fill(root, { bundle, units: '/lib/systemd/system' });
  const kilobytes = run('du', ['-sk', '--apparent-size', root], work).split('\t')[0] ?? '0';
  const fields = {
    Package: of.name,
    Version: version,
    Architecture: 'amd64',
    Maintainer: 'aurora-chatops <aurora-chatops@localhost>',
    'Installed-Size': kilobytes,
    ...(of.needs === null ? {} : { Depends: `${of.needs} (= ${version}), passwd` }),
    Section: 'admin',
    Priority: 'optional',
    Description: of.summary,
  };
  writeFileSync(
    join(control, 'control'),
    Object.entries(fields)
      .map(([key, value]) => `${key}: ${value}\n`)
      .join(''),
  );
  if (of.configuration.length > 0)
    writeFileSync(join(control, 'conffiles'), `${of.configuration.join('\n')}\n`);
  const script = (name: string, when: string, text: string): void => {
    if (text === '') return;
    writeFileSync(join(control, name), `#!/bin/sh\nset -e\n${when}\n${text}\n`, { mode: 0o755 });
  };
  script('postinst', '[ "$1" = configure ] || exit 0\nupgrade=; [ -z "$2" ] || upgrade=yes', of.afterInstall);
  script('prerm', '[ "$1" = remove ] || exit 0', of.beforeRemove);
  const file = join(to, `${of.name}_${version}_amd64.deb`);
  run('chmod', ['-R', 'u=rwX,go=rX', root], work);
  run('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', root, file], work);
  return file;
}
