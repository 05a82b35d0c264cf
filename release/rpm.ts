import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.ts';
import type { Making, SystemPackage } from './system-packages.ts';

/** Makes `NAME-VERSION-1.x86_64.rpm` in `to` with rpmbuild (Debian's package rpm has it), and answers its path. */
export function makeRpm(of: SystemPackage, { version, bundle, work, to }: Making): string {
  const root = join(work, 'root');
  mkdirSync(root, { recursive: true });
  of.fill(root, { bundle, units: '/usr/lib/systemd/system' });
  run('chmod', ['-R', 'u=rwX,go=rX', root], work);
  // The program's directory as a whole: names in it may have what is a pattern in this list.
  const whole = ['-path', './usr/lib/aurora-chatops', '-prune', '-print'];
  const listed = run('find', ['.', ...whole, '-o', '!', '-type', 'd', '-print'], root)
    .trim()
    .split('\n')
    .map((path) => path.slice(1))
    .sort()
    .map((path) => (of.configuration.includes(path) ? `%config(noreplace) ${path}` : path));
  const files = join(work, 'files');
  writeFileSync(files, `%defattr(-,root,root)\n${listed.join('\n')}\n`);
  const spec = join(work, `${of.name}.spec`);
  writeFileSync(spec, specOf(of, version));
  const definitions = {
    _topdir: join(work, 'build'),
    _rpmdir: to,
    _build_name_fmt: '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm',
    our_root: root,
    our_files: files,
    _buildhost: 'localhost',
    use_source_date_epoch_as_buildtime: '1',
    clamp_mtime_to_source_date_epoch: '1',
    _binary_payload: 'w6.xzdio', // the rpm of CentOS 7 reads no zstd
    _build_id_links: 'none',
  };
  const defined = Object.entries(definitions).flatMap(([key, value]) => ['--define', `${key} ${value}`]);
  run('rpmbuild', ['-bb', '--quiet', '--target', 'x86_64', ...defined, spec], work);
  return join(to, `${of.name}-${version}-1.x86_64.rpm`);
}

/** What rpm would do to the files by itself (strip, compress, look for what they need) is off: they come as they are. */
function specOf(
  { name, summary, needs, afterInstall, beforeRemove }: SystemPackage,
  version: string,
): string {
  const script = (section: string, when: string, text: string): string =>
    text === '' ? '' : `\n${section}\n${when}\n${text}\n`;
  return `%global __os_install_post %{nil}
%global debug_package %{nil}
Name: ${name}
Version: ${version}
Release: 1
Summary: ${summary}
License: Apache-2.0
AutoReqProv: no
${needs === null ? '' : `Requires: ${needs} = ${version}\nRequires(post): shadow-utils\n`}
%description
${summary}.

%install
mkdir -p %{buildroot}
cp -a %{our_root}/. %{buildroot}/

%files -f %{our_files}
${script('%post', 'upgrade=; [ "$1" -lt 2 ] || upgrade=yes', afterInstall)}${script('%preun', '[ "$1" = 0 ] || exit 0', beforeRemove)}`;
}
