import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** A port that is like a machine without power: who connects hears nothing, neither yes nor no. */
export interface DeafServer {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Listens, never takes a connection, and has as many waiting as the kernel keeps: all further SYNs are dropped. */
const program = `
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    require('node:fs').writeSync(1, server.address().port + '\\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

/** The kernel keeps one connection more than the backlog. */
const kept = 2;

/** Starts one on a free loopback port. */
export async function startDeafServer(): Promise<DeafServer> {
  const host = '127.0.0.1';
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const port = Number(line);
  const waiting: Socket[] = [];
  while (waiting.length < kept) {
    const socket = connect(port, host);
    socket.on('error', () => socket.destroy());
    await once(socket, 'connect');
    waiting.push(socket);
  }
  return {
    host,
    port,
    close: async () => {
      for (const socket of waiting) socket.destroy();
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
