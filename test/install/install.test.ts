/**
 * README's commands in a fresh clone with an empty home. `npm test` proves them with one pair of Node and npm, the hardest;
 * `npm run test:install` with all of them.
 */
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneAfresh, type FreshClone } from './fresh-clone.ts';
import { directoryOfNode, directoryOfPair, hardestPair, pairs } from './pair.ts';

const proven = process.env['INSTALL_PAIRS'] === 'all' ? pairs : [hardestPair];
const minutes = 60_000;

describe.each(proven)('a fresh clone with Node $node and npm $npm', { timeout: 5 * minutes }, (pair) => {
  let clone: FreshClone;

  beforeAll(() => {
    clone = cloneAfresh(pair);
  }, 5 * minutes);
  afterAll(() => clone.remove());

  const npm = async (...args: readonly string[]) => await clone.run('npm', args);

  it('has that Node and that npm', async () => {
    expect((await clone.run('node', ['--version'])).stdout).toBe(`v${pair.node}\n`);
    expect((await npm('--version')).stdout).toBe(`${pair.npm}\n`);
  });

  it('installs, also where somebody asks npm to be strict about engines', async () => {
    fs.writeFileSync(join(clone.home, '.npmrc'), 'engine-strict=true\n');

    const installed = await npm('ci');

    fs.rmSync(join(clone.home, '.npmrc'));
    expect(installed).toMatchObject({ code: 0, stderr: '' });
  });

  it('runs on the Node that came along, or on its own where that is new enough', async () => {
    const brought = join(clone.directory, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin');
    const newEnough = pair.node.startsWith('24.');

    const { stdout } = await clone.run('node', ['bin/launch.cjs', '-p', 'process.execPath']);

    expect(stdout).toBe(`${join(newEnough ? directoryOfNode(pair.node) : brought, 'node')}\n`);
  });

  it('shows its help and its version', async () => {
    const help = await npm('run', '--silent', 'cli', '--', '--help');
    const version = await npm('run', '--silent', 'cli', '--', '--version');

    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: aurora-chatops /);
    expect(version).toMatchObject({ code: 0, stderr: '', stdout: '0.1.0\n' });
  });

  it.each([
    ['check:format', '--help', /^Checks the specified files/],
    ['check:types', '--version', /^Version 7\./],
    ['check:lint', '--version', /^v\d+\./],
    ['check:unused', '--version', /^\d+\./],
    ['check:arrows', '--version', /^\d+\./],
  ])('starts the tool behind %s', async (script, argument, answer) => {
    const { code, stdout } = await npm('run', '--silent', script, '--', argument);

    expect(stdout).toMatch(answer);
    expect(code).toBe(0);
  });

  it('runs tests', async () => {
    const { code, stdout } = await npm('test', '--', 'test/aurora/leader-words.test.ts');

    expect(stdout).toMatch(/Test Files\s+1 passed/);
    expect(code).toBe(0);
  });

  it.runIf(pair === hardestPair)('plays a whole drill', async () => {
    const drill = await npm('run', '--silent', 'drill', '--', '--auto', '--json');

    expect(drill).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(drill.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ outcome: 'completed' });
  });

  it('builds a command that runs on the Node that came along', async () => {
    expect(await npm('run', '--silent', 'build')).toMatchObject({ code: 0, stderr: '' });

    const help = await clone.run('node', ['bin/aurora-chatops.cjs', '--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: aurora-chatops /);
  });

  describe('without optional packages', () => {
    beforeAll(async () => {
      expect(await npm('prune', '--omit=optional')).toMatchObject({ code: 0 });
    });

    it('runs on a newer Node of the PATH', async () => {
      const PATH = [directoryOfPair(pair), dirname(process.execPath), '/usr/bin', '/bin'].join(':');

      const version = await clone.run('npm', ['run', '--silent', 'cli', '--', '--version'], { PATH });

      expect(version).toMatchObject({ code: 0, stderr: '', stdout: '0.1.0\n' });
    });

    it.skipIf(pair.node.startsWith('24.'))('says what is missing where there is no newer Node', async () => {
      const shell = join(clone.home, 'shell');
      fs.mkdirSync(shell);
      fs.symlinkSync('/bin/sh', join(shell, 'sh'));
      const PATH = [directoryOfPair(pair), shell].join(':');

      const help = await clone.run('npm', ['run', '--silent', 'cli', '--', '--help'], { PATH });

      expect(help).toEqual({
        code: 1,
        stdout: '',
        stderr:
          `aurora-chatops needs Node 24.15 or newer. This is ${pair.node}, no newer one is on the PATH, and none came along.\n` +
          'Put Node 24 on the PATH, or install again without --omit=optional: on Linux npm then brings one along.\n',
      });
    });

    it('says that the tests need them', async () => {
      const { code, stderr } = await npm('test', '--silent');

      expect(stderr).toBe(
        'Tests, checks and the build need the optional packages, and none is installed.\n' +
          'Run "npm ci" without --omit=optional.\n',
      );
      expect(code).toBe(1);
    });
  });
});
