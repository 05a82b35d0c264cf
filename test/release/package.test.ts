/** What npm would pack, and what is made for it; the package itself is installed and run by test/install/package.test.ts. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { licenceList } from '../../release/licences.ts';
import { checkout, heldVersions, readLockFile, runtimePackages } from '../../release/locked-packages.ts';
import { billOfMaterials } from '../../release/sbom.ts';
import { cleanEnvironment } from '../install/clean-environment.ts';

interface Packed {
  readonly files: readonly { readonly path: string }[];
}

const manifest = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as Record<string, unknown>;

describe('what npm would pack', () => {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: checkout,
      encoding: 'utf8',
      env: cleanEnvironment(),
    }),
  ) as [Packed];
  const files = new Set(packed.files.map(({ path }) => path));

  it('has what the README and the documents link to, but for the pictures of the gallery', () => {
    const documents = [...files].filter((path) => /^[^/]+\.md$|^docs\/.*\.md$/.test(path));
    const dead = documents
      .flatMap((path) => linksOf(path))
      .filter(({ to }) => ![...files].some((path) => path === to || path.startsWith(`${to}/`)))
      .filter(({ to }) => !to.startsWith('docs/gallery/'));

    expect(documents).toContain('docs/agent.md');
    expect(dead.filter(({ to }) => !/^(src|commands|test|release)(\/|$)/.test(to))).toEqual([]);
  });

  it('has no source, test, map or tool of a clone', () => {
    expect(
      [...files].filter((path) => /^(src|commands|test|release)\/|\.map$|^bin\/tool\.cjs$/.test(path)),
    ).toEqual([]);
  });

  it('can be published, says where it comes from, and asks for no second Node', () => {
    expect(manifest).not.toHaveProperty('private');
    expect(manifest).toMatchObject({
      repository: { type: 'git' },
      homepage: expect.stringMatching(/^https:/),
      bugs: { url: expect.stringMatching(/^https:/) },
    });
    const held = runtimePackages(readLockFile()).map(([path]) => path);
    expect(held).toContain('node_modules/fastify');
    expect(held.filter((path) => /node-linux|aurora-chatops-node/.test(path))).toEqual([]);
    expect(manifest).not.toHaveProperty('optionalDependencies');
  });
});

/** Relative links of a document, as paths from the top of the package. */
function linksOf(path: string): { from: string; to: string }[] {
  const text = readFileSync(join(checkout, path), 'utf8').replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => ({
    from: path,
    to: normalize(join(path, '..', target)).replace(/\/$/, ''),
  }));
}

describe('versions of dependencies', () => {
  it('are all held, with a hash each, and none of a tool', () => {
    const { packages } = heldVersions(readLockFile());
    const { '': root, ...rest } = packages;

    expect(root).not.toHaveProperty('devDependencies');
    expect(Object.keys(rest)).toEqual(expect.arrayContaining(['node_modules/fastify', 'node_modules/ajv']));
    expect(Object.keys(rest)).not.toContain('node_modules/vitest');
    expect(Object.entries(rest).filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
  });

  it('are in the bill of materials, which is the same each time', () => {
    const bill = billOfMaterials();

    const parsed = JSON.parse(bill) as { bomFormat: string; components: { name: string }[] };
    expect(parsed.bomFormat).toBe('CycloneDX');
    expect(parsed.components.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['zod', 'fastify', 'ajv']),
    );
    expect(parsed.components.map(({ name }) => name)).not.toContain('vitest');
    expect(billOfMaterials()).toBe(bill);
  });
});

describe('the list of licences', () => {
  it('names every package once, in order', () => {
    const rows = licenceList()
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .slice(1);

    expect(rows).toContain('| @resvg/resvg-wasm | 2.6.2 | MPL-2.0 |');
    expect(rows).toEqual([...new Set(rows)].sort());
  });

  it('is not made when one is strange or missing', () => {
    expect(() =>
      licenceList([
        ['node_modules/a', { version: '1.0.0', license: 'SSPL-1.0' }],
        ['node_modules/x/node_modules/@b/c', { version: '2.0.0' }],
        ['node_modules/d', { version: '3.0.0', license: 'MIT' }],
      ]),
    ).toThrow('No release with a licence that nobody has looked at: a 1.0.0 (SSPL-1.0), @b/c 2.0.0 (none).');
  });
});
