/** The program itself: with a terminal it asks, without one it never does, and Ctrl-C leaves nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { stringify } from 'yaml';

const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
const answers = {
  auroraVersion: '0.22.0',
  channel: 'C012AB3CD',
  zookeeper: ['zk1:2181'],
  serversetPath: '/aurora/scheduler',
  logGroupPath: '/aurora/replicated-log',
  masters: ['http://mesos1:5050'],
  hosts: ['1', '2', '3'].map((n) => ({ name: `a${n}`, address: `a${n}`, libprocess: `10.0.0.${n}:8083` })),
  log: '/data/db',
  backups: '/data/backups',
};
let parent: string;
let words: string[];

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'aurora-setup-'));
  writeFileSync(join(parent, 'answers.yaml'), stringify(answers));
  words = ['setup', '--off-line', '--answers', join(parent, 'answers.yaml'), '--into', join(parent, 'out')];
});

it('without a terminal names what is missing, asks nothing and writes nothing', async () => {
  const { code, said } = await run([process.execPath, main, ...words]);

  expect(code).toBe(1);
  expect(said).toMatch(/cluster: Name of the cluster, such as east\n {2}approvers: /);
  expect(readdirSync(parent)).toEqual(['answers.yaml']);
});

it('writes everything when nothing is missing; once more it says that nothing differs, and then what does', async () => {
  const whole = [process.execPath, main, ...words, '--cluster', 'east', '--approvers', 'U1,U2,U3'];

  const first = await run(whole);
  const second = await run(whole);
  const third = await run([...whole, '--channel', 'C099']);

  expect([first.code, second.code, third.code]).toEqual([0, 0, 1]);
  expect(first.said).toMatch(/Wrote \d+ files into .*NEXT-STEPS\.md/);
  expect(second.said).toMatch(/says the same\. Nothing was changed\./);
  expect(third.said).toMatch(/bot\/bot\.yml differs at line \d+: it has "channel: C012AB3CD"/);
});

it('on a terminal asks for what is missing, and again when an answer cannot be', async () => {
  const { code, said } = await onTerminal([
    ['Name of the cluster', '../east\n'],
    ['must be a short name', 'east\n'],
    ['Slack ids', 'U1,U2,U3\n'],
  ]);

  expect(said).toMatch(/Wrote \d+ files/);
  expect(code).toBe(0);
  expect(readFileSync(join(parent, 'out', 'bot', 'bot.yml'), 'utf8')).toContain('name: east');
});

it('on a terminal ends with Ctrl-C, and leaves nothing', async () => {
  const { code, said } = await onTerminal([['Name of the cluster', '\u0003']]);

  expect(said).toContain('Setup was stopped, and nothing was written.');
  expect(code).toBe(1);
  expect(existsSync(join(parent, 'out'))).toBe(false);
  expect(readdirSync(parent)).toEqual(['answers.yaml']);
});

/** Answers each question of a terminal once it has appeared. */
async function onTerminal(
  talk: readonly (readonly [string, string])[],
): Promise<{ code: number; said: string }> {
  const command = [process.execPath, main, ...words].map((word) => `'${word}'`).join(' ');
  return await run(['script', '-qec', command, '/dev/null'], talk);
}

async function run(
  [program = '', ...rest]: readonly string[],
  talk: readonly (readonly [string, string])[] = [],
): Promise<{ code: number; said: string }> {
  const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  let from = 0;
  const left = [...talk];
  const hear = (bytes: Buffer): void => {
    said += bytes.toString('utf8');
    const [next] = left;
    const at = next === undefined ? -1 : said.indexOf(next[0], from);
    if (next === undefined || at === -1) return;
    from = at + next[0].length;
    left.shift();
    child.stdin.write(next[1]);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const [code] = await once(child, 'close');
  return { code: Number(code), said };
}
