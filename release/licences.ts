import { readLockFile, runtimePackages } from './locked-packages.ts';

/** What may be in the package: licences that let everybody use and pass on the whole, ours being Apache-2.0. */
const welcome = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MPL-2.0',
  'OFL-1.1',
]);

/**
 * The licences of everything that comes with the package, as Markdown. Throws, with all their names, when something has none or one
 * that nobody has looked at: that is to be decided before it is passed on.
 */
export function licenceList(packages = runtimePackages(readLockFile())): string {
  const rows = packages.map(([path, { version, license }]) => ({
    name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    version: version ?? '',
    licence: license ?? 'none',
  }));
  const strange = rows.filter(({ licence }) => !welcome.has(licence));
  if (strange.length > 0) {
    const named = strange.map(({ name, version, licence }) => `${name} ${version} (${licence})`).join(', ');
    throw new Error(`No release with a licence that nobody has looked at: ${named}.`);
  }
  const lines = rows.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |\n`).sort();
  return (
    '# Licences of what comes with aurora-chatops\n\n' +
    'aurora-chatops itself is Apache-2.0. Each package has the text of its licence in its own directory below node_modules.\n\n' +
    `| package | version | licence |\n|---|---|---|\n${[...new Set(lines)].join('')}`
  );
}
