import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readdirSync } from 'node:fs';
import { chmod, chown, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

/** Debian's PostgreSQL on a loopback port, with its data in a temporary directory. */
export interface RealPostgres {
  readonly host: string;
  readonly port: number;
  /** Of the user `postgres`. */
  readonly password: string;
  /** Makes a database; answers its address without the password. */
  newDatabase(): Promise<string>;
  /** Answers what a statement gives in the database of that address. */
  ask(address: string, statement: string): Promise<readonly Record<string, unknown>[]>;
  /** Ends all sessions at once and leaves the rest to recovery, as a power cut would; gone when this resolves. */
  kill(): Promise<void>;
  /** Starts again on the same port and data; ready when this resolves. */
  start(): Promise<void>;
  /** Kills it and removes its data. */
  close(): Promise<void>;
}

const host = '127.0.0.1';
const user = 'postgres';
const password = 'only for tests';

/** Starts a server and waits until it answers. Throws with the end of its log when it does not in 30 s. */
export async function startRealPostgres({
  tls,
}: {
  /** PEM texts; without them the server speaks no TLS. */
  tls?: { cert: string; key: string };
} = {}): Promise<RealPostgres> {
  const bin = newestBin();
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), 'postgres-'));
  const data = join(directory, 'data');
  const log = join(directory, 'server.log');
  const passwordFile = join(directory, 'password');
  await writeFile(passwordFile, `${password}\n`);
  await belongToServer(directory, passwordFile);
  const [initdb, ...initArgs] = asServer(join(bin, 'initdb'), [
    ...['--pgdata', data, '--username', user, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
    ...['--encoding', 'UTF8', '--locale', 'C', '--no-sync'],
  ]);
  execFileSync(initdb, initArgs, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
  const settings = [
    `port=${port}`,
    `listen_addresses=${host}`,
    'unix_socket_directories=',
    'fsync=off',
    'shared_buffers=16MB',
  ];
  if (tls !== undefined) {
    for (const part of ['cert', 'key'] as const) {
      await writeFile(join(directory, part), tls[part], { mode: 0o600 });
      await belongToServer(join(directory, part));
    }
    settings.push('ssl=on', `ssl_cert_file=${directory}/cert`, `ssl_key_file=${directory}/key`);
  }
  let child: ChildProcess | null = null;

  const start = async (): Promise<void> => {
    const [postgres, ...args] = asServer(join(bin, 'postgres'), [
      ...['-D', data],
      ...settings.flatMap((setting) => ['-c', setting]),
    ]);
    child = spawn(postgres, args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
    const sink = createWriteStream(log, { flags: 'a' });
    child.stdout?.pipe(sink, { end: false });
    child.stderr?.pipe(sink, { end: false });
    await untilItAnswers({ port, log });
  };
  const kill = async (): Promise<void> => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    // Immediate shutdown (postgres(1)): SIGKILL would leave its children behind.
    child.kill('SIGQUIT');
    await gone;
  };
  const ask: RealPostgres['ask'] = async (address, statement) => {
    const url = new URL(address);
    url.password = password;
    const client = new Client({ connectionString: url.href });
    await client.connect();
    try {
      const { rows } = await client.query<Record<string, unknown>>(statement);
      return rows;
    } finally {
      await client.end();
    }
  };
  await start();
  let databases = 0;
  return {
    host,
    port,
    password,
    ask,
    newDatabase: async () => {
      databases += 1;
      const name = `test_${databases}`;
      await ask(`postgres://${user}@${host}:${port}/postgres`, `CREATE DATABASE ${name}`);
      return `postgres://${user}@${host}:${port}/${name}`;
    },
    kill,
    start,
    close: async () => {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The program and its arguments, under an account that is not root's: neither initdb nor the server takes that. */
function asServer(program: string, args: readonly string[]): [string, ...string[]] {
  if (process.getuid?.() !== 0) return [program, ...args];
  return ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', program, ...args];
}

async function belongToServer(...paths: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const id = (which: '-u' | '-g') => Number(execFileSync('id', [which, user], { encoding: 'utf8' }));
  for (const path of paths) {
    await chown(path, id('-u'), id('-g'));
    await chmod(path, (await stat(path)).isDirectory() ? 0o700 : 0o600);
  }
}

function newestBin(): string {
  const root = '/usr/lib/postgresql';
  const newest = Math.max(...readdirSync(root).map(Number));
  return join(root, String(newest), 'bin');
}

async function untilItAnswers(where: { port: number; log: string }): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const client = new Client({ host, port: where.port, user, password, database: 'postgres' });
    const up = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => undefined);
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const log = await readFile(where.log, 'utf8').catch(() => '');
  throw new Error(`PostgreSQL did not start on port ${where.port}: ${log.slice(-2_000)}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
