/** The package as `npm pack` makes it, run by npx with an empty home: `npm run test:install`. */
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneAfresh, type FreshClone } from './fresh-clone.ts';
import { directoryOfPair, hardestPair } from './pair.ts';

const minutes = 60_000;

describe.runIf(process.env['INSTALL_PAIRS'] === 'all')('the packed package', { timeout: 8 * minutes }, () => {
  let clone: FreshClone;
  let tarball: string;

  beforeAll(async () => {
    clone = cloneAfresh(hardestPair);
    expect(await clone.run('npm', ['ci'])).toMatchObject({ code: 0 });
    const packed = await clone.run('npm', ['pack', '--silent', '--pack-destination', clone.home]);
    expect(packed).toMatchObject({ code: 0, stderr: '' });
    tarball = join(clone.home, packed.stdout.trim().split('\n').at(-1) ?? '');
  }, 8 * minutes);
  afterAll(() => clone.remove());

  const npx = async (words: readonly string[], node?: string) =>
    await clone.run('sh', ['-c', `cd "$HOME" && npm exec --yes ${words.join(' ')}`], {
      ...(node === undefined
        ? {}
        : { PATH: [node, directoryOfPair(hardestPair), '/usr/bin', '/bin'].join(':') }),
    });

  it('leaves nothing behind in the clone that changes what npm installs there', () => {
    expect(fs.existsSync(join(clone.directory, 'npm-shrinkwrap.json'))).toBe(false);
  });

  it('plays a whole drill on a Node that is new enough', async () => {
    const { code, stdout } = await npx(
      [tarball, '--', 'drill', '--auto', '--json'],
      dirname(process.execPath),
    );

    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ outcome: 'completed' });
    expect(code).toBe(0);
  });

  it('says how an older one gets it', async () => {
    const { code, stderr } = await npx([tarball, '--', '--version']);

    expect(stderr).toContain(`let npx bring one: npx -p node-${process.platform}-${process.arch}@24 -p `);
    expect(code).toBe(1);
  });

  it('runs in that way', async () => {
    const brought = `node-${process.platform}-${process.arch}@24`;

    const ran = await npx(['-p', brought, '-p', tarball, '--', 'aurora-chatops', '--version']);

    expect(ran).toMatchObject({ code: 0, stdout: '0.1.0\n' });
  });
});
