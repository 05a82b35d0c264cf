/** The command of an installed package under a Node that is too old for it, with a program of its own in place of ours. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { directoryOfNode, hardestPair } from '../install/pair.ts';

const project = join(import.meta.dirname, '..', '..');
const newNode = process.execPath;
let oldNode: string;
/** A project that depends on ours: what npm brings along for us lies beside us, not below. */
let root: string;
let app: string;

beforeAll(() => {
  oldNode = join(directoryOfNode(hardestPair.node), 'node');
  root = fs.mkdtempSync(join(tmpdir(), 'aurora-launch-test-'));
}, 120_000);
afterAll(() => fs.rmSync(root, { recursive: true }));

beforeEach(() => {
  app = fs.mkdtempSync(join(root, 'app-'));
  const installed = join(app, 'node_modules', 'aurora-chatops');
  fs.mkdirSync(join(installed, 'dist', 'src', 'cli'), { recursive: true });
  fs.cpSync(join(project, 'bin'), join(installed, 'bin'), { recursive: true });
  fs.copyFileSync(join(project, 'package.json'), join(installed, 'package.json'));
});

describe('with a Node that came along', () => {
  beforeEach(() => bringNode((file) => fs.symlinkSync(newNode, file)));

  it('runs on it, with the arguments and the input it was given', async () => {
    program(`
      process.stdin.setEncoding('utf8').once('data', (input) => {
        process.stdout.write(JSON.stringify([process.execPath, process.argv.slice(2), input]));
        process.exit();
      });`);
    const child = start(oldNode, ['one', 'two words', '']);
    child.stdin?.write('typed');

    const { stdout, stderr } = await endOf(child);

    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual([newNode, ['one', 'two words', ''], 'typed']);
  });

  it('ends with its exit code', async () => {
    program('process.exit(37)');

    expect(await endOf(start(oldNode))).toMatchObject({ code: 37, signal: null });
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)('ends by %s when it ended by that', async (signal) => {
    program(`process.kill(process.pid, '${signal}')`);

    expect(await endOf(start(oldNode))).toMatchObject({ code: null, signal });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('passes %s on', async (signal) => {
    program(
      `process.on('${signal}', () => process.exit(3)); setInterval(() => {}, 1000); console.log('ready')`,
    );
    const child = start(oldNode);
    await once(child.stdout as NodeJS.ReadableStream, 'data');

    child.kill(signal);

    expect(await endOf(child)).toMatchObject({ code: 3, signal: null });
  });

  it('leaves Ctrl-C to the terminal, which told the program itself', async () => {
    program(`
      let told = 0;
      process.on('SIGINT', () => console.log('told ' + ++told));
      process.on('SIGUSR2', () => process.exit());
      setInterval(() => {}, 1000);
      console.log('child of ' + process.ppid);`);
    const terminal = spawn('script', ['-qec', `'${oldNode}' '${command()}'`, '/dev/null']);
    let seen = '';
    terminal.stdout.setEncoding('utf8').on('data', (data: string) => {
      seen += data;
    });
    const said = async (words: RegExp): Promise<string> => {
      for (;;) {
        const found = words.exec(seen)?.[1];
        if (found !== undefined) return found;
        await once(terminal.stdout, 'data');
      }
    };
    const launcher = Number(await said(/child of (\d+)/));

    terminal.stdin.write('\x03');
    await said(/told (1)/);
    process.kill(launcher, 'SIGUSR2'); // it comes through after whatever the launcher made of Ctrl-C
    await once(terminal, 'exit');

    expect(seen).not.toContain('told 2');
  });

  it('is the same process where the Node that starts it is new enough', async () => {
    program('process.stdout.write(String(process.pid))');
    const child = start(newNode);

    expect((await endOf(child)).stdout).toBe(String(child.pid));
  });
});

describe('without one', () => {
  it('takes the first Node of the PATH that is new enough', async () => {
    program('process.stdout.write(process.execPath)');
    const PATH = ['/nowhere', dirname(oldNode), dirname(newNode)].join(':');

    expect(await endOf(start(oldNode, [], { PATH }))).toMatchObject({ stdout: newNode, stderr: '' });
  });

  it('says so in a sentence and a hint', async () => {
    program('');
    const clonesOnly = join(app, 'node_modules', 'aurora-chatops', 'bin', 'tool.cjs');
    fs.rmSync(clonesOnly);

    expect(await endOf(start(oldNode, [], { PATH: dirname(oldNode) }))).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr:
        'aurora-chatops needs Node 24.15 or newer. This is 18.20.8, no newer one is on the PATH, and none came along.\n' +
        `Put Node 24 on the PATH, or let npx bring one: npx -p node-${process.platform}-${process.arch}@24 -p aurora-chatops aurora-chatops …\n`,
    });
  });

  it('says what is wrong with one that cannot run here', async () => {
    program('');
    bringNode((file) =>
      fs.writeFileSync(file, '#!/bin/sh\necho "libc.so.6: no GLIBC_2.28" >&2; exit 1\n', { mode: 0o755 }),
    );

    const { code, stderr } = await endOf(start(oldNode, [], { PATH: '/nowhere' }));

    expect(code).toBe(1);
    expect(stderr).toContain('and the one that came along does not run here (libc.so.6: no GLIBC_2.28).\n');
  });
});

const command = (): string => join(app, 'node_modules', 'aurora-chatops', 'bin', 'aurora-chatops.cjs');

function program(source: string): void {
  fs.writeFileSync(join(app, 'node_modules', 'aurora-chatops', 'dist', 'src', 'cli', 'main.js'), source);
}

function bringNode(put: (file: string) => void): void {
  const directory = join(app, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin');
  fs.mkdirSync(directory, { recursive: true });
  put(join(directory, 'node'));
}

function start(node: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(node, [command(), ...args], { env: { PATH: '/usr/bin:/bin', ...env } });
}

async function endOf(child: ChildProcess) {
  const [stdout, stderr] = await Promise.all([
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
    once(child, 'exit'),
  ]);
  return { code: child.exitCode, signal: child.signalCode, stdout, stderr };
}
