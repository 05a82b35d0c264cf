import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openDatabase } from '../../../src/pretend-aurora/mesos/leveldb/database.ts';

const listing = z.union([z.literal('file'), z.array(z.tuple([z.string(), z.number()])), z.null()]);
const caseSchema = z.object({
  name: z.string(),
  argv: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  user: z.string(),
  exit: z.number(),
  stdout: z.string(),
  stderr: z.string(),
  before: listing,
  after: listing,
});
type Case = z.infer<typeof caseSchema>;
type Listing = z.infer<typeof listing>;

const { cases } = z
  .object({ cases: z.array(caseSchema) })
  .parse(
    JSON.parse(
      fs.readFileSync(path.join(import.meta.dirname, '../../fixtures/mesos-log/observations.json'), 'utf8'),
    ),
  );
const program = path.join(import.meta.dirname, '../../../src/pretend-aurora/programs/mesos-log.ts');
const recordedRoot = '/var/lib/aurora';
const nobody = 65_534;

let root: string;
let holder: { release(): void } | null = null;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'l-'));
  fs.chmodSync(root, 0o755);
});
afterEach(() => {
  holder?.release();
  holder = null;
  fs.rmSync(root, { recursive: true, force: true });
});

describe('the simulated mesos-log', () => {
  // An agent runs `initialize`, and tells it a path and a time.
  const served = cases.filter(({ argv }) => argv[0] === 'initialize' && !argv.includes('--quiet'));

  it('replays 19 recorded runs', () => {
    expect(served).toHaveLength(19);
  });

  it.each(served)('$name', async (recorded) => {
    if (recorded.user === 'nobody' && process.getuid?.() !== 0) return;
    await prepare(recorded);

    const run = await runTool(recorded);

    expect(run.exit).toBe(recorded.exit);
    expect(run.stdout).toBe(recorded.stdout);
    expect(essence(run.stderr)).toBe(essence(recorded.stderr.replaceAll(recordedRoot, root)));
    expect(comparable(listFiles(pathOf(recorded)))).toEqual(comparable(recorded.after));
  });

  it('leaves sizes as recorded in a fresh log', async () => {
    const [fresh] = cases;
    if (!fresh) throw new Error('no cases');

    await runTool(fresh);

    const sizes = Object.fromEntries(listFiles(pathOf(fresh)) as [string, number][]);
    const recorded = Object.fromEntries(fresh.after as [string, number][]);
    const longer = root.length - recordedRoot.length;
    expect(sizes).toEqual({ ...recorded, LOG: (recorded.LOG ?? 0) + longer });
  });
});

/** Makes what the case found: only runs of the tool itself make databases, as when it was recorded. */
async function prepare(recorded: Case): Promise<void> {
  const target = pathOf(recorded);
  const initialize = async () => {
    await runTool({
      ...recorded,
      user: 'root',
      env: {},
      argv: ['initialize', `--path=${recordedPath(recorded)}`],
    });
  };
  if (recorded.name === 'path is a file') {
    fs.mkdirSync(path.dirname(target));
    fs.writeFileSync(target, 'foreign\n');
    return;
  }
  if (recorded.user === 'nobody') fs.mkdirSync(path.join(root, 'ro'), { mode: 0o755 });
  if (recorded.name === 'inherited LIBPROCESS_PORT in use') {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    takenPort = (server.address() as AddressInfo).port;
    holder = { release: () => server.close() };
    return;
  }
  if (!Array.isArray(recorded.before)) return;
  const names = recorded.before.map(([name]) => name);
  if (names.includes('LOCK')) await initialize();
  else fs.mkdirSync(target, { recursive: true });
  if (names.includes('000011.ldb')) await initialize();
  if (names.includes('000014.log')) await initialize();
  if (names.includes('notes.txt')) fs.writeFileSync(path.join(target, 'notes.txt'), 'foreign\n');
  if (recorded.name === 'CURRENT removed') fs.rmSync(path.join(target, 'CURRENT'));
  if (recorded.name === 'MANIFEST removed') fs.rmSync(path.join(target, 'MANIFEST-000002'));
  if (recorded.name === 'another process holds the log') await holdLog(target);
  expect(comparable(listFiles(target))).toEqual(comparable(recorded.before));
}

let takenPort = 0;

/** A second process opens the database and keeps it. */
async function holdLog(target: string): Promise<void> {
  const lock = path.join(import.meta.dirname, '../../../src/pretend-aurora/mesos/leveldb/file-lock.ts');
  const script = `import { lockFile } from ${JSON.stringify(lock)};
    if (lockFile(${JSON.stringify(path.join(target, 'LOCK'))})) console.log('held');
    setInterval(() => {}, 60_000);`;
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  holder = { release: () => child.kill('SIGKILL') };
  if (child.stdout) await once(child.stdout, 'data');
}

async function runTool(recorded: Case): Promise<{ exit: number | null; stdout: string; stderr: string }> {
  const argv = recorded.argv.map((argument) => argument.replaceAll(recordedRoot, root));
  const env = { ...recorded.env, PATH: process.env.PATH ?? '' };
  if (recorded.env.LIBPROCESS_PORT !== undefined) Object.assign(env, { LIBPROCESS_PORT: String(takenPort) });
  const child = spawn(process.execPath, [program, ...argv], {
    env,
    ...(recorded.user === 'nobody' && { uid: nobody, gid: nobody }),
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (piece: Buffer) => {
    stdout += piece.toString();
  });
  child.stderr.on('data', (piece: Buffer) => {
    stderr += piece.toString();
  });
  const [exit] = (await once(child, 'close')) as [number | null];
  return { exit, stdout, stderr };
}

/** Without time, thread and line numbers of glog, the port that was taken, and the usage. */
function essence(stderr: string): string {
  return stderr
    .replace(/\n\nUsage: [\s\S]*$/, '\n')
    .replace(/^([IEF])\d{8} [\d:.]+ +\d+ ([\w.]+):\d+\]/gm, '$1 $2]')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT');
}

/**
 * Names, and the sizes that a replica's content decides. The text logs and a reopened manifest are longer in
 * the real one.
 */
function comparable(files: Listing): unknown {
  if (!Array.isArray(files)) return files;
  return files.map(([name, size]) => [
    name,
    /^(CURRENT|LOCK|\d+\.(log|ldb)|notes\.txt)$/.test(name) ? size : 'some',
  ]);
}

function recordedPath(recorded: Case): string {
  const argument = recorded.argv.find((one) => one.startsWith('--path=')) ?? recorded.argv.at(-1) ?? '';
  return argument.replace('--path=', '');
}

function pathOf(recorded: Case): string {
  return recordedPath(recorded).replaceAll(recordedRoot, root);
}

function listFiles(target: string): Listing {
  if (!target.startsWith('/') || !fs.existsSync(target)) return null;
  if (fs.statSync(target).isFile()) return 'file';
  return fs
    .readdirSync(target)
    .sort()
    .map((name) => [name, fs.statSync(path.join(target, name)).size]);
}

describe('a simulated LevelDB directory', () => {
  it('gives back what was written, after any number of openings and whatever the sizes', () => {
    const target = path.join(root, 'db');
    const big = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * index) % 251));
    const first = openDatabase(target);
    first.write([
      { key: '0000000001', value: Buffer.from('one') },
      { key: '0000000002', value: big },
    ]);
    first.write([{ key: '0000000001', value: null }]);
    first.close();

    const reopened = Array.from({ length: 3 }, () => {
      const database = openDatabase(target);
      const entries = [...database.entries];
      database.close();
      return entries;
    });

    for (const entries of reopened) expect(entries).toEqual([['0000000002', big]]);
  });

  it('loses only the record that was cut short', () => {
    const target = path.join(root, 'db');
    const database = openDatabase(target);
    database.write([{ key: 'a', value: Buffer.from('whole') }]);
    database.write([{ key: 'b', value: Buffer.from('cut') }]);
    database.close();
    const log = path.join(target, '000004.log');
    fs.truncateSync(log, fs.statSync(log).size - 2);

    const reopened = openDatabase(target);

    expect([...reopened.entries.keys()]).toEqual(['a']);
    reopened.close();
  });
});
