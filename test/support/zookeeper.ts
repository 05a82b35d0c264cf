import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface RealZooKeeperOptions {
  /** Sessions are expired in steps of this. */
  readonly tickMs?: number;
  readonly minSessionTimeoutMs?: number;
  readonly maxSessionTimeoutMs?: number;
}

/** Debian's ZooKeeper 3.8 on a loopback port, with its data in a temporary directory. */
export interface RealZooKeeper {
  readonly host: string;
  readonly port: number;
  /** Ids of the sessions that are connected now, by the server's own word; sorted. */
  listSessions(): Promise<readonly string[]>;
  /** SIGKILL, and gone when this resolves. */
  kill(): Promise<void>;
  /** Starts again on the same port and data; ready when this resolves. */
  start(): Promise<void>;
  /** SIGSTOP: the port accepts and nothing answers. */
  /** Resolves when every thread stands still: a signal takes a moment to reach them all. */
  freeze(): Promise<void>;
  thaw(): void;
  /** Kills it and removes its data. */
  close(): Promise<void>;
}

/** Starts a server and waits until it grants a session. Throws with the end of its log when it does not in 30 s. */
export async function startRealZooKeeper(options: RealZooKeeperOptions = {}): Promise<RealZooKeeper> {
  const host = '127.0.0.1';
  const port = await freePort(host);
  const directory = await mkdtemp(join(tmpdir(), 'zookeeper-'));
  const configuration = join(directory, 'zoo.cfg');
  const log = join(directory, 'server.log');
  await writeFile(
    configuration,
    [
      `tickTime=${options.tickMs ?? 100}`,
      `minSessionTimeout=${options.minSessionTimeoutMs ?? 500}`,
      `maxSessionTimeout=${options.maxSessionTimeoutMs ?? 60_000}`,
      `dataDir=${join(directory, 'data')}`,
      `clientPortAddress=${host}`,
      `clientPort=${port}`,
      'admin.enableServer=false',
      '4lw.commands.whitelist=ruok,srvr,mntr,cons',
      '',
    ].join('\n'),
  );
  let child: ChildProcess | null = null;

  const start = async (): Promise<void> => {
    child = spawn(
      'java',
      [
        '-Xmx128m',
        '-XX:+UseSerialGC',
        '-XX:TieredStopAtLevel=1',
        '-cp',
        '/usr/share/java/zookeeper.jar',
        'org.apache.zookeeper.server.ZooKeeperServerMain',
        configuration,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const sink = createWriteStream(log, { flags: 'a' });
    child.stdout?.pipe(sink, { end: false });
    child.stderr?.pipe(sink, { end: false });
    child.once('error', (error) => sink.write(`${error.message}\n`));
    await untilItAnswers({ host, port, log });
  };
  const kill = async (): Promise<void> => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  await start();
  return {
    host,
    port,
    kill,
    start,
    listSessions: async () => {
      const said = await askServer({ host, port }, 'cons');
      // The line of whoever asks has no session: ` /127.0.0.1:4711[0](queued=0,recved=1,sent=0)`.
      return [...said.matchAll(/\bsid=0x([0-9a-f]+)/g)].map(([, id = '']) => id).toSorted();
    },
    freeze: async () => {
      child?.kill('SIGSTOP');
      while (child?.pid !== undefined && !(await standsStill(child.pid))) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    thaw: () => child?.kill('SIGCONT'),
    close: async () => {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** What a server answers to a four-letter word. */
async function askServer({ host, port }: { host: string; port: number }, word: string): Promise<string> {
  const socket = connect(port, host);
  socket.end(word);
  let said = '';
  for await (const chunk of socket.setEncoding('utf8')) said += String(chunk);
  return said;
}

/** True when the kernel shows all threads of the process as stopped (`T`). */
async function standsStill(pid: number): Promise<boolean> {
  const threads = await readdir(`/proc/${pid}/task`);
  const stats = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8').catch(() => ') T')),
  );
  return stats.every((stat) => stat.slice(stat.lastIndexOf(')')).startsWith(') T'));
}

async function untilItAnswers(where: { host: string; port: number; log: string }): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    if (await grantsSession(where)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const log = await readFile(where.log, 'utf8').catch(() => '');
  throw new Error(`ZooKeeper did not start on port ${where.port}: ${log.slice(-2_000)}`);
}

/** A handshake for a new session of the least timeout, and the request that closes it. */
const handshake = Buffer.concat([
  Buffer.from('0000002c', 'hex'),
  Buffer.alloc(24), // protocol version, last zxid, timeout, session id: all 0
  Buffer.from('00000010', 'hex'),
  Buffer.alloc(16), // no password
]);
const closeSession = Buffer.from('0000000800000001fffffff5', 'hex');

/**
 * A server that has just started answers `ruok` before it shakes hands: until then it may take the first four bytes of
 * a handshake and leave that connection alone for ever. So the handshake itself is tried, each time anew.
 */
function grantsSession(where: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(where.port, where.host, () => socket.write(handshake));
    socket.setTimeout(300, () => socket.destroy());
    socket.once('data', () => {
      resolve(true);
      socket.end(closeSession);
    });
    socket.once('error', () => socket.destroy());
    socket.once('close', () => resolve(false));
  });
}

async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
